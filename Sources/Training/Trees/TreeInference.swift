import Datasets
import Foundation
import Layers
import Trees

/// The outputs of trees on microbatches: for classes the logarithms of their probabilities, so that
/// the softmax of the outputs are the probabilities, as with networks.
///
/// A probability of 0 counts as 2⁻⁵², as it does in the log loss of scikit-learn.
final class TreeInference: Inference {
    private static let smallest = 0x1p-52
    private let model: TreeModel
    private let outputs: Arena
    private let featureCount: Int

    /// Prepares for a model.
    init(_ model: TreeModel) {
        self.model = model
        featureCount = model.ensemble.featureCount
        outputs = Arena(count: InferencePass.microbatchSize * model.ensemble.outputCount)
    }

    var memoryByteCount: Int { 4 * outputs.count }

    func begin() {}

    func outputs(for microbatch: LoadedMicrobatch) -> UnsafePointer<Float> {
        let count = model.ensemble.outputCount
        for sample in 0..<microbatch.imageCount {
            let row = outputs.base + sample * count
            model.ensemble.predict(microbatch.images + sample * featureCount, into: row)
            if count > 1 { Self.replaceByLogarithms(row, count: count) }
        }
        return UnsafePointer(outputs.base)
    }

    /// Replaces probabilities by their logarithms.
    static func replaceByLogarithms(_ row: UnsafeMutablePointer<Float>, count: Int) {
        for output in 0..<count { row[output] = Float(log(max(Double(row[output]), smallest))) }
    }
}
