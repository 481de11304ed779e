import Datasets
import Foundation
import Kernels

/// The sums of a linear model on rows of a table, in Double throughout.
///
/// Rows are converted and computed in blocks that stay in the cache, so that an evaluation passes over
/// the table once.
final class LinearSums: SampleSums {
    private let table: EncodedTable
    private let loss: DoubleLoss
    private let featureCount: Int
    private let outputCount: Int
    private let blockLength: Int
    /// Weights [outputs, features], then biases [outputs].
    private var point: [Double] = []
    private let rows: UnsafeMutablePointer<Double>
    private let outputs: UnsafeMutablePointer<Double>

    /// Bytes of the rows of a block, which leave room for the rest in a second-level cache.
    private static let blockByteCount = 1 << 17

    /// Sums are rounded as sums in Double are.
    let valueNoise = 1e-13

    /// Takes the memory of a block.
    ///
    /// - Parameters:
    ///   - table: The rows.
    ///   - loss: What is summed.
    ///   - outputCount: The outputs of the model.
    init(_ table: EncodedTable, loss: DoubleLoss, outputCount: Int) {
        self.table = table
        self.loss = loss
        self.outputCount = outputCount
        featureCount = table.featureCount
        blockLength = max(16, Self.blockByteCount / (8 * max(1, table.featureCount)))
        rows = .allocate(capacity: blockLength * table.featureCount)
        rows.initialize(repeating: 0, count: blockLength * table.featureCount)
        outputs = .allocate(capacity: blockLength * outputCount)
        outputs.initialize(repeating: 0, count: blockLength * outputCount)
    }

    deinit {
        rows.deallocate()
        outputs.deallocate()
    }

    func setPoint(_ point: [Double]) { self.point = point }

    func compute(_ samples: Range<Int>, into sums: UnsafeMutablePointer<Double>) {
        sums.update(repeating: 0, count: 2 + point.count)
        point.withUnsafeBufferPointer { point in
            guard let weights = point.baseAddress else { return }
            for first in stride(from: samples.lowerBound, to: samples.upperBound, by: blockLength) {
                let block = first..<min(first + blockLength, samples.upperBound)
                addBlock(block, weights: weights, to: sums)
            }
        }
    }

    private func addBlock(
        _ block: Range<Int>, weights: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>
    ) {
        let biases = weights + outputCount * featureCount
        let features = table.features(at: block.lowerBound)
        for index in 0..<block.count * featureCount { rows[index] = Double(features[index]) }
        for row in 0..<block.count {
            (outputs + row * outputCount).update(from: biases, count: outputCount)
        }
        DoubleProduct.addRows(
            rows, timesRowsOf: weights, to: outputs, m: block.count, n: outputCount,
            k: featureCount)
        loss.evaluate(outputs, of: block, table: table, outputCount: outputCount, sums: sums)
        let gradient = sums + 2
        DoubleProduct.addColumns(
            outputs, timesColumnsOf: rows, to: gradient, m: outputCount, n: featureCount,
            k: block.count)
        let biasGradient = gradient + outputCount * featureCount
        for row in 0..<block.count {
            for output in 0..<outputCount {
                biasGradient[output] += outputs[row * outputCount + output]
            }
        }
    }
}
