import Diagnostics

/// The value by which epochs are compared: for early stopping and for the best checkpoint.
public struct Monitor: Sendable, Hashable {
    /// The metric, taken over the validation samples.
    public let metric: Metric

    /// The metric's name in logs: `val_` and its own.
    public var name: String { metric.validationName }

    /// Which values are better.
    public var direction: Metric.Direction { metric.direction }

    /// Compares epochs by a metric.
    ///
    /// - Parameter metric: The metric.
    public init(_ metric: Metric) { self.metric = metric }

    /// Finds a monitor by its name.
    ///
    /// - Parameters:
    ///   - name: Such as `val_loss`.
    ///   - task: What the model is asked for, if that is known.
    ///   - subject: What the message calls the place of the name: a flag, a key.
    /// - Throws: `Failure(.usage)` if there is no such monitor, or none for the task.
    public init(
        named name: String, for task: MetricTask? = nil, in subject: String = "--monitor"
    ) throws {
        self.init(
            try MetricCatalog.metric(named: name, for: task, in: subject, prefix: "val_"))
    }

    /// Whether a value is an improvement.
    ///
    /// NaN never is; any number is one over NaN or nothing.
    ///
    /// - Parameters:
    ///   - value: The new value.
    ///   - best: The best so far, nil at first.
    ///   - leastChange: By how much it has to be better, at least 0.
    /// - Returns: Whether it is better.
    public func isImprovement(
        _ value: Double, over best: Double?, leastChange: Double = 0
    ) -> Bool {
        if value.isNaN { return false }
        guard let best, !best.isNaN else { return true }
        switch direction {
        case .minimize: return value < best - leastChange
        case .maximize: return value > best + leastChange
        }
    }
}
