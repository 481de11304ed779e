import Foundation
import Layers
import Testing

/// Losses of images that are mixed of two, beside torch.
@Suite struct MixtureLossTests {
    /// Made by `Reference/make_mixture_goldens.py`.
    private struct Golden: Decodable {
        struct Case: Decodable {
            let loss: String
            let smoothing: Float
            let sum: Float
            let gradients: [Float]
        }
        let tolerance: Float
        let classCount: Int
        let outputs: [Float]
        let labels: [Int32]
        let partnerLabels: [Int32]
        let shares: [Float]
        let cases: [Case]
    }

    private func golden() throws -> Golden {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            Golden.self,
            from: Data(contentsOf: folder.appendingPathComponent("Reference/mixture.json")))
    }

    @Test func mixturesEqualTorch() throws {
        let golden = try golden()
        let count = golden.labels.count
        #expect(golden.cases.count == 3)
        for expected in golden.cases {
            let loss: any Loss =
                expected.loss == "cross-entropy"
                ? SoftmaxCrossEntropy(labelSmoothing: expected.smoothing) : MeanSquaredError()
            var gradients = [Float](repeating: .nan, count: golden.outputs.count)
            var scratch = [Float](
                repeating: .nan,
                count: SoftmaxCrossEntropy.scratchCount(
                    imageCount: 2, outputCount: golden.classCount))
            let value = loss.evaluate(
                golden.outputs, labels: golden.labels, partnerLabels: golden.partnerLabels,
                shares: golden.shares, imageCount: count, outputCount: golden.classCount,
                gradients: &gradients, scratch: &scratch)
            #expect(abs(value.sum - expected.sum) <= golden.tolerance * max(1, expected.sum))
            try #require(gradients.count == expected.gradients.count)
            #expect(
                zip(gradients, expected.gradients).allSatisfy { abs($0 - $1) <= golden.tolerance })
            let right = (0..<count).filter { image in
                let start = image * golden.classCount
                let outputs = golden.outputs[start..<start + golden.classCount]
                let label =
                    golden.shares[image] >= 0.5
                    ? golden.labels[image] : golden.partnerLabels[image]
                return outputs[start + Int(label)] == outputs.max()
            }
            #expect(value.correctCount == right.count)
        }
    }
}
