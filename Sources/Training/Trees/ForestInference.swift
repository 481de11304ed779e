import Datasets
import Layers
import Trees

/// The outputs of a growing forest on the samples of one source, pass after pass: the sums over the
/// trees of earlier passes are kept, so that all passes together cost no more than one at the end.
///
/// A pass has to go over the same samples as the one before.
final class ForestInference: Inference {
    private let model: TreeModel
    private let outputs: Arena
    private let outputCount: Int
    /// Sums over trees, [sample, output]; used for this rank's samples alone.
    private var sums: [Double]
    private var added: Range<Int> = 0..<0

    /// Prepares for a source.
    ///
    /// - Parameters:
    ///   - model: The trees, of which more may come between passes.
    ///   - sampleCount: The number of samples of the source.
    init(_ model: TreeModel, sampleCount: Int) {
        self.model = model
        outputCount = model.ensemble.outputCount
        outputs = Arena(count: InferencePass.microbatchSize * outputCount)
        sums = [Double](repeating: 0, count: sampleCount * outputCount)
    }

    var memoryByteCount: Int { 4 * outputs.count + 8 * sums.count }

    func begin() { added = added.upperBound..<model.ensemble.trees.count }

    func outputs(for microbatch: LoadedMicrobatch) -> UnsafePointer<Float> {
        let trees = model.ensemble.trees
        for sample in 0..<microbatch.imageCount {
            let features = microbatch.images + sample * model.ensemble.featureCount
            let start = Int(microbatch.imageNumbers[sample]) * outputCount
            for tree in trees[added] {
                for (output, value) in tree.prediction(for: features).enumerated() {
                    sums[start + output] += Double(value)
                }
            }
            let row = outputs.base + sample * outputCount
            for output in 0..<outputCount {
                row[output] = Float(sums[start + output] / Double(trees.count))
            }
            if outputCount > 1 { TreeInference.replaceByLogarithms(row, count: outputCount) }
        }
        return UnsafePointer(outputs.base)
    }
}
