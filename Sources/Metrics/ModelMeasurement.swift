/// What a model did on a data set: all that metrics are computed from.
public enum ModelMeasurement: Sendable, Equatable {
    /// It told classes.
    ///
    /// - counts: Classes and predicted classes.
    /// - logLoss: Of the probabilities; nil if no metric needed it.
    /// - rankings: The order of the samples for each class, of two classes for the second alone; nil
    ///   if no metric needed it.
    case classification(
        counts: ClassificationCounts, logLoss: LogLoss? = nil, rankings: [ClassRanking]? = nil)
    /// It told numbers.
    case regression(RegressionErrors)

    /// The number of samples.
    public var sampleCount: Int {
        switch self {
        case .classification(let counts, _, _): counts.imageCount
        case .regression(let errors): errors.sampleCount
        }
    }

    /// The mean loss of a sample.
    public var loss: Double {
        switch self {
        case .classification(let counts, _, _): counts.loss
        case .regression(let errors): errors.loss
        }
    }
}

/// What has to be collected of a classification besides counts.
public struct MeasurementNeeds: OptionSet, Sendable, Hashable {
    /// One bit for each.
    public let rawValue: Int

    /// Makes a set.
    ///
    /// - Parameter rawValue: One bit for each need.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The probability of each sample's own class: an exponential for each class of a sample.
    public static let logLoss = MeasurementNeeds(rawValue: 1)
    /// All scores of all samples: memory for them, and messages between ranks.
    public static let rankings = MeasurementNeeds(rawValue: 2)

    /// What some metrics need together.
    ///
    /// - Parameter metrics: The metrics.
    public init(of metrics: some Sequence<Metric>) {
        self = metrics.reduce([]) { $0.union($1.needs) }
    }
}

/// What a model is asked for, which decides what metrics mean something.
public enum MetricTask: Sendable, Hashable, CustomStringConvertible {
    /// A class of several.
    ///
    /// - classCount: The number of classes.
    /// - hasProbabilities: Whether a score is the probability of its class.
    case classification(classCount: Int, hasProbabilities: Bool)
    /// A number.
    case regression

    /// As messages name it.
    public var description: String {
        switch self {
        case .classification(let count, true): "\(count) classes"
        case .classification(let count, false): "\(count) classes without probabilities"
        case .regression: "regression"
        }
    }
}

extension Metric {
    /// Whether the metric means something for a task.
    ///
    /// - Parameter task: What the model is asked for.
    /// - Returns: Whether it does.
    public func fits(_ task: MetricTask) -> Bool {
        switch (formula, task) {
        case (.loss, _), (.errors, .regression): true
        case (.errors, .classification), (_, .regression): false
        case (.logLoss, .classification(let classCount, let hasProbabilities)):
            hasProbabilities && classCounts.contains(classCount)
        case (_, .classification(let classCount, _)): classCounts.contains(classCount)
        }
    }
}
