/// A value by which models are compared: its name in logs and on the command line, which values
/// are better, and the formula.
///
/// What has to be collected to compute it follows from the kind of the formula, so that a measurement
/// for cheap metrics alone stays cheap.
public struct Metric: Sendable {
    /// Which values are better.
    public enum Direction: String, Sendable, Hashable {
        /// Smaller ones.
        case minimize = "min"
        /// Larger ones.
        case maximize = "max"
    }

    /// How a metric is computed, by what it is computed from.
    public enum Formula: Sendable {
        /// The mean of the samples' losses, whatever the loss is.
        case loss
        /// From integers: which class each sample has, and how the classes were ordered.
        case counts(@Sendable (ClassificationCounts) -> Double)
        /// From the probability of each sample's own class.
        case logLoss(@Sendable (LogLoss) -> Double)
        /// From how all samples are ordered by their scores for each class.
        case rankings(@Sendable ([ClassRanking]) -> Double)
        /// From the differences between predicted and true numbers.
        case errors(@Sendable (RegressionErrors) -> Double)
    }

    /// The name in logs and on the command line.
    public let name: String
    /// Which values are better.
    public let direction: Direction
    /// For which numbers of classes it means something; without a meaning for regression.
    public let classCounts: ClosedRange<Int>
    /// How it is computed.
    public let formula: Formula

    /// Defines a metric.
    ///
    /// - Parameters:
    ///   - name: The name in logs and on the command line.
    ///   - direction: Which values are better.
    ///   - classCounts: For which numbers of classes it means something.
    ///   - formula: How it is computed.
    public init(
        _ name: String, _ direction: Direction, classCounts: ClosedRange<Int> = 1...Int.max,
        _ formula: Formula
    ) {
        self.name = name
        self.direction = direction
        self.classCounts = classCounts
        self.formula = formula
    }

    /// The mean loss of a sample: that of the training, without its smoothing and penalties.
    public static let loss = Metric("loss", .minimize, .loss)

    /// The name in logs of a value over validation samples.
    public var validationName: String { "val_" + name }

    /// What the metric needs to be known of each sample besides counts and sums of errors.
    public var needs: MeasurementNeeds {
        switch formula {
        case .loss, .counts, .errors: []
        case .logLoss: .logLoss
        case .rankings: .rankings
        }
    }

    /// The metric's value.
    ///
    /// - Parameter measurement: What a model did, of a task that the metric fits, with all that the
    ///   metric needs.
    /// - Returns: The value; NaN where it is not defined.
    public func value(of measurement: ModelMeasurement) -> Double {
        switch (formula, measurement) {
        case (.loss, _): return measurement.loss
        case (.counts(let value), .classification(let counts, _, _)): return value(counts)
        case (.logLoss(let value), .classification(_, let logLoss?, _)): return value(logLoss)
        case (.rankings(let value), .classification(_, _, let rankings?)): return value(rankings)
        case (.errors(let value), .regression(let errors)): return value(errors)
        default: preconditionFailure("\(name) needs what was not measured")
        }
    }
}

/// Metrics are told apart by their names.
extension Metric: Hashable {
    /// Whether two metrics have the same name.
    public static func == (first: Metric, second: Metric) -> Bool { first.name == second.name }

    /// Feeds the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
