import Metrics

/// What a network did on a data set, counted exactly over all ranks.
public struct EvaluationResult: Sendable, Equatable {
    /// All counts.
    public let counts: ClassificationCounts
    /// The names of the classes.
    public let classNames: [String]

    /// The mean loss of an image, without label smoothing.
    public var loss: Double { counts.loss }
    /// The fraction of images whose class had the largest score.
    public var accuracy: Double { counts.accuracy }

    /// The value of any metric.
    ///
    /// - Parameter metric: The metric.
    /// - Returns: The value.
    public func value(of metric: ClassificationMetric) -> Double { metric.value(of: counts) }
}
