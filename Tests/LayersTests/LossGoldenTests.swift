import Layers
import Randomness
import Testing

/// Losses beside PyTorch's in float64, in values and gradients.
@Suite struct LossGoldenTests {
    struct File: Decodable { let cases: [Case] }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let name: String
        let loss: String
        let samples: Int
        let classes: Int
        let outputs: Int
        let scale: Float
        let labels: [Int32]
        let value: Double
        let gradients: [Double]
        let hardF1: Double?

        var testDescription: String { name }
        var key: RandomKey { Golden.key.derived(name) }
        var outputValues: [Float] {
            Golden.values(key.derived("outputs"), count: samples * outputs, bound: scale)
        }
        var targets: [Float] {
            Golden.values(key.derived("targets"), count: samples, bound: scale)
        }
        var make: (any Loss)? {
            switch loss {
            case "logistic": LogisticLoss()
            case "hinge": HingeLoss()
            case "squared-hinge": HingeLoss(isSquared: true)
            case "soft-f1": SoftF1Loss()
            case "mean-squared-error": MeanSquaredError()
            default: nil
            }
        }

        func evaluate(
            _ values: [Float], gradients: UnsafeMutablePointer<Float>? = nil
        ) -> LossValue? {
            var scratch = [Float](
                repeating: .nan,
                count: SoftmaxCrossEntropy.scratchCount(
                    imageCount: samples, outputCount: outputs))
            return make?.evaluate(
                values, labels: labels, targets: targets, imageCount: samples,
                outputCount: outputs, gradients: gradients, scratch: &scratch)
        }
    }

    static let cases = (try? Golden.decode(File.self, from: "losses.json").cases) ?? []

    @Test func goldensAreThere() { #expect(Self.cases.count == 11) }

    @Test(arguments: cases)
    func valuesAndGradients(_ golden: Case) throws {
        var gradients = [Float](repeating: .nan, count: golden.samples * golden.outputs)
        let value = try #require(golden.evaluate(golden.outputValues, gradients: &gradients))
        // A few units in the last place of a float, of the value and of the largest gradient.
        let largest = golden.gradients.map(abs).max() ?? 0
        #expect(abs(Double(value.sum) - golden.value) <= 4e-7 * max(1, golden.value))
        #expect(largestDifference(gradients, golden.gradients) <= 1e-6 * max(1, largest))
        #expect(golden.evaluate(golden.outputValues)?.sum == value.sum)
    }

    @Test(arguments: cases)
    func gradientsAgreeWithDifferences(_ golden: Case) throws {
        // Float sums of large outputs are too coarse for differences.
        guard golden.scale < 10 else { return }
        let outputs = golden.outputValues
        var gradients = [Float](repeating: .nan, count: outputs.count)
        _ = golden.evaluate(outputs, gradients: &gradients)
        for index in outputs.indices {
            func value(_ offset: Float) -> Double {
                var moved = outputs
                moved[index] += offset
                return Double(golden.evaluate(moved)?.sum ?? .nan)
            }
            let step: Float = 0x1p-8
            let slope = (value(step) - value(-step)) / Double(2 * step)
            #expect(abs(slope - Double(gradients[index])) < 3e-3 * max(1, abs(slope)))
        }
    }

    @Test(arguments: cases)
    func correctSamplesAreThoseWithTheLargestScore(_ golden: Case) throws {
        guard golden.loss != "mean-squared-error" else { return }
        let loss = try #require(golden.make)
        #expect(loss.outputCount(classCount: golden.classes) == golden.outputs)
        let outputs = golden.outputValues
        var correct = 0
        for sample in 0..<golden.samples {
            var scores = [Float](repeating: .nan, count: golden.classes)
            outputs.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                loss.writeScores(
                    of: base + sample * golden.outputs, classCount: golden.classes, into: &scores)
            }
            if indexOfLargest(scores, count: golden.classes) == golden.labels[sample] {
                correct += 1
            }
        }
        #expect(try #require(golden.evaluate(outputs)).correctCount == correct)
    }

    @Test("A NaN among the outputs is one in the loss", arguments: [false, true], [1, 3])
    func hingeOfNaN(isSquared: Bool, outputCount: Int) {
        var outputs = [Float](repeating: 0.5, count: outputCount)
        outputs[outputCount - 1] = .nan
        var gradients = outputs
        var scratch: [Float] = []
        let value = HingeLoss(isSquared: isSquared).evaluate(
            outputs, labels: [0], targets: [0], imageCount: 1, outputCount: outputCount,
            gradients: &gradients, scratch: &scratch)
        #expect(value.sum.isNaN)
    }

    @Test("With certain outputs the soft F1 score is scikit-learn's F1 score")
    func certainty() throws {
        let cases = Self.cases.filter { $0.hardF1 != nil }
        #expect(cases.count == 3)
        for golden in cases {
            let certain = golden.outputValues.map { $0 * 1000 }
            let value = try #require(golden.evaluate(certain)).sum / Float(golden.samples)
            #expect(abs(1 - Double(value) - (golden.hardF1 ?? .nan)) < 1e-6)
        }
    }
}
