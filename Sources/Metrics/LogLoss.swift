import Foundation

/// The logarithmic loss of predicted probabilities, summed exactly.
///
/// A probability below 2⁻⁵² counts as 2⁻⁵², so that one sample that was thought impossible does not
/// hide all others; scikit-learn's `log_loss` does the same.
public struct LogLoss: MergeableMetric {
    private var sum = ExactSum()
    private var sampleCount: Int64 = 0

    /// Creates the loss of nothing.
    public init() {}

    /// The mean over samples of minus the logarithm of the probability of their class; NaN over no
    /// samples.
    public var value: Double { sum.value / Double(sampleCount) }

    /// Counts one sample.
    ///
    /// - Parameter probability: What was predicted for the sample's own class.
    public mutating func add(probability: Float) {
        // Not max(), which would make a number of NaN.
        let clipped = probability < 0x1p-52 ? 0x1p-52 : Double(probability)
        sum.add(-log(clipped))
        sampleCount += 1
    }

    /// Takes in what was counted over other samples.
    ///
    /// - Parameter other: Their loss.
    public mutating func merge(_ other: LogLoss) {
        sum.merge(other.sum)
        sampleCount += other.sampleCount
    }

    /// The number of samples and the sum.
    public var flattened: [Int64] { [sampleCount] + sum.flattened }

    /// Replaces everything that was counted.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    public mutating func replace(withFlattened flattened: [Int64]) {
        sampleCount = flattened[0]
        sum.replace(withFlattened: Array(flattened[1...]))
    }
}

extension Metric {
    /// The mean over samples of minus the logarithm of the probability of their class.
    static let logLoss = Metric("log_loss", .minimize, .logLoss { $0.value })
}
