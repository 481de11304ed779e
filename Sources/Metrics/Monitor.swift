import Diagnostics

/// The value by which epochs are compared: for early stopping and for the best checkpoint.
public struct Monitor: Sendable, Hashable {
    /// Which values are better.
    public enum Direction: String, Sendable, Hashable {
        /// Smaller ones.
        case minimize = "min"
        /// Larger ones.
        case maximize = "max"
    }

    /// The metric, taken over the validation images.
    public let metric: ClassificationMetric

    /// The metric's name in logs: `val_` and its own.
    public var name: String { "val_" + metric.rawValue }

    /// Which values are better.
    public var direction: Direction { metric.direction }

    /// The names of all monitors.
    public static let names = ClassificationMetric.allCases.map { "val_" + $0.rawValue }

    /// Compares epochs by a metric.
    ///
    /// - Parameter metric: The metric.
    public init(_ metric: ClassificationMetric) { self.metric = metric }

    /// Finds a monitor by its name.
    ///
    /// - Parameters:
    ///   - name: Such as `val_loss`.
    ///   - subject: What the message calls the place of the name: a flag, a key.
    /// - Throws: `Failure(.usage)` if there is no such monitor.
    public init(named name: String, in subject: String = "--monitor") throws {
        guard
            let metric = ClassificationMetric.allCases.first(where: { "val_\($0.rawValue)" == name }
            )
        else {
            let nearest = Self.names.nearest(to: name)
            throw Failure(
                .usage, in: subject, expected: "one of \(Self.names.joined(separator: ", "))",
                found: "\(name) is not known", fix: nearest.map { "did you mean \($0)?" })
        }
        self.init(metric)
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
