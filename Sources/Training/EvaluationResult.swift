import Metrics

/// What a model did on a data set, exact over all ranks.
public struct EvaluationResult: Sendable, Equatable {
    /// All that metrics are computed from.
    public let measurement: ModelMeasurement
    /// The names of the classes; none for regression.
    public let classNames: [String]

    /// The mean loss of a sample, without label smoothing.
    public var loss: Double { measurement.loss }

    /// The number of samples.
    public var sampleCount: Int { measurement.sampleCount }

    /// What was counted of a classification; nil for regression.
    public var counts: ClassificationCounts? {
        guard case .classification(let counts, _, _) = measurement else { return nil }
        return counts
    }

    /// The fraction of samples whose class had the largest score; nil for regression.
    public var accuracy: Double? { counts?.accuracy }

    /// The value of a metric that was asked for.
    ///
    /// - Parameter metric: The metric.
    /// - Returns: The value; NaN where it is not defined.
    public func value(of metric: Metric) -> Double { metric.value(of: measurement) }
}
