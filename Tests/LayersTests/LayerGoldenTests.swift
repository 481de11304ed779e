import Foundation
import Layers
import Randomness
import Testing

/// Single layers at odd shapes beside PyTorch, in values and gradients.
@Suite struct LayerGoldenTests {
    struct File: Decodable { let cases: [Case] }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        struct Settings: Decodable, Sendable {
            let kernel: Int?
            let stride: Int?
            let padding: Int?
            let bias: Bool?
            let outputs: Int?
            let training: Bool?
            let countsPadding: Bool?
            let labelSmoothing: Float?
        }
        let name: String
        let layer: String
        let settings: Settings
        let inputScale: Float
        let inputShape: [Int]
        let outputShape: [Int]
        let output: [Double]
        let gradients: [String: [Double]]
        let statistics: [String: [Double]]
        let difference: Double
        let labels: [Int32]?

        var testDescription: String { name }
        var key: RandomKey { Golden.key.derived(name) }
        var batch: Int { inputShape[0] }
        var isLoss: Bool { outputShape.isEmpty }
        var input: FeatureShape { Self.shape(inputShape) }
        var output_: FeatureShape { Self.shape(outputShape) }

        static func shape(_ extents: [Int]) -> FeatureShape {
            extents.count == 2
                ? .vector(extents[1])
                : FeatureShape(height: extents[2], width: extents[3], channels: extents[1])
        }

        /// PyTorch's own distance from exact arithmetic, with room for another order of summation.
        var tolerance: Double { 4 * difference + 2e-6 }
    }

    static let cases = (try? Golden.decode(File.self, from: "layers.json").cases) ?? []

    @Test func goldensAreThere() { #expect(Self.cases.count == 35) }

    private func makeLayer(_ golden: Case) -> (any Layer)? {
        let settings = golden.settings
        let kernel = settings.kernel ?? 1
        let stride = settings.stride ?? 1
        let padding = settings.padding ?? 0
        switch golden.layer {
        case "convolution":
            return Convolution(
                channels: settings.outputs ?? 0, kernel: kernel, stride: stride, padding: padding,
                hasBias: settings.bias ?? true)
        case "batch-norm": return BatchNorm()
        case "relu": return ReLU()
        case "gelu": return GELU()
        case "max-pool": return MaxPool(kernel, stride: stride, padding: padding)
        case "average-pool":
            return AveragePool(
                kernel, stride: stride, padding: padding,
                countsPadding: settings.countsPadding ?? true)
        case "global-average": return GlobalAveragePool()
        case "dense": return Dense(settings.outputs ?? 0, hasBias: settings.bias ?? true)
        default: return nil
        }
    }

    /// The parameters by the golden formula.
    private func setParameters(_ workbench: Workbench, _ golden: Case) {
        for parameter in workbench.network.layout.parameters where parameter.name != "input.value" {
            let name = String(parameter.name.dropFirst("layer.".count))
            let key = golden.key.derived(name)
            let fanIn =
                golden.input.channels * (golden.settings.kernel ?? 1)
                * (golden.settings.kernel ?? 1)
            let bound = Float(1 / Double(fanIn).squareRoot())
            let values: [Float] =
                switch (golden.layer, name) {
                case ("batch-norm", "weight"):
                    Golden.values(key, count: parameter.range.count, bound: 0.1).map { 1 + $0 }
                case ("batch-norm", _):
                    Golden.values(key, count: parameter.range.count, bound: 0.1)
                default: Golden.values(key, count: parameter.range.count, bound: bound)
                }
            workbench.set(parameter.name, to: values)
        }
    }

    private func makeWorkbench(_ golden: Case, _ layer: any Layer) throws -> Workbench {
        var description = NetworkDescription("golden", input: golden.input)
        description.append(Probe(shape: golden.input, imageCount: golden.batch), named: "input")
        description.append(layer, named: "layer")
        let workbench = try Workbench(description, imageCount: golden.batch)
        setParameters(workbench, golden)
        let input = Golden.values(
            golden.key.derived("input"), count: golden.batch * golden.input.count,
            bound: golden.inputScale)
        workbench.set(
            "input.value",
            to: Golden.channelsLast(input, batch: golden.batch, shape: golden.input))
        return workbench
    }

    private func channelsLast(_ values: [Double], _ golden: Case, _ shape: FeatureShape) -> [Double]
    {
        Golden.channelsLast(values.map(Float.init), batch: golden.batch, shape: shape)
            .map(Double.init)
    }

    @Test(arguments: cases.filter { !$0.isLoss && $0.settings.training != false })
    func trainingPass(_ golden: Case) throws {
        let layer = try #require(makeLayer(golden))
        let workbench = try makeWorkbench(golden, layer)
        let gradient = Golden.channelsLast(
            Golden.values(
                golden.key.derived("output_gradient"), count: golden.batch * golden.output_.count),
            batch: golden.batch, shape: golden.output_)
        let images = [Float](repeating: 0, count: golden.batch * golden.input.count)
        let output = workbench.train(images, outputGradient: gradient)
        #expect(
            largestDifference(output, channelsLast(golden.output, golden, golden.output_))
                <= golden.tolerance)
        for (name, values) in golden.gradients {
            let own = workbench.fileValues(
                name == "input" ? "input.value" : "layer.\(name)", in: workbench.gradients)
            let expected = name == "input" ? channelsLast(values, golden, golden.input) : values
            #expect(largestDifference(own, expected) <= golden.tolerance, "gradient of \(name)")
        }
        for (name, values) in golden.statistics {
            // After one step the running value is 0.9 · initial + 0.1 · the batch's.
            let initial: Float = name == "running_var" ? 1 : 0
            let batch = workbench.statistic("layer.\(name)", in: workbench.batchStatistics)
            let running = batch.map { 0.9 * initial + 0.1 * $0 / Float(golden.batch) }
            #expect(largestDifference(running, values) <= golden.tolerance, "\(name)")
        }
    }

    @Test(arguments: cases.filter { $0.settings.training == false })
    func inferencePass(_ golden: Case) throws {
        let layer = try #require(makeLayer(golden))
        let workbench = try makeWorkbench(golden, layer)
        let channels = golden.input.channels
        for (name, base) in [("running_mean", Float(0)), ("running_var", 1)] {
            workbench.setStatistic(
                "layer.\(name)",
                to: Golden.values(golden.key.derived(name), count: channels, bound: 0.1)
                    .map { base + $0 })
        }
        var description = NetworkDescription("golden", input: golden.input)
        description.append(Probe(shape: golden.input, imageCount: golden.batch), named: "input")
        description.append(layer, named: "layer")
        let inference = try Network(description, batch: golden.batch, mode: .inference)
        let images = [Float](repeating: 0, count: golden.batch * golden.input.count)
        let output = workbench.infer(images, through: inference)
        #expect(
            largestDifference(output, channelsLast(golden.output, golden, golden.output_))
                <= golden.tolerance)
    }

    @Test(arguments: cases.filter { $0.layer == "cross-entropy" })
    func crossEntropy(_ golden: Case) throws {
        let classes = golden.inputShape[1]
        let outputs = Golden.values(
            golden.key.derived("input"), count: golden.batch * classes, bound: golden.inputScale)
        let labels = try #require(golden.labels)
        var gradients = [Float](repeating: .nan, count: outputs.count)
        var scratch = [Float](
            repeating: 0,
            count: SoftmaxCrossEntropy.scratchCount(
                imageCount: golden.batch, outputCount: classes))
        let loss = SoftmaxCrossEntropy(labelSmoothing: golden.settings.labelSmoothing ?? 0)
        let value = loss.evaluate(
            outputs, labels: labels, targets: labels.map(Float.init), imageCount: golden.batch,
            outputCount: classes,
            gradients: &gradients, scratch: &scratch)
        let mean = [value.sum / Float(golden.batch)]
        #expect(largestDifference(mean, golden.output) <= golden.tolerance)
        let meanGradients = gradients.map { $0 / Float(golden.batch) }
        #expect(
            largestDifference(meanGradients, golden.gradients["input"] ?? []) <= golden.tolerance)
        let withoutGradient = loss.evaluate(
            outputs, labels: labels, targets: labels.map(Float.init), imageCount: golden.batch,
            outputCount: classes,
            gradients: nil, scratch: &scratch)
        #expect(withoutGradient.sum == value.sum)
        let right = labels.indices.filter { image in
            outputs.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return false }
                return indexOfLargest(base + image * classes, count: classes) == labels[image]
            }
        }
        #expect(value.correctCount == right.count)
    }
}
