import Diagnostics

/// The table of all metrics; a new one is a file of its own, with the formula, and a row here.
public enum MetricCatalog {
    /// All metrics, in the order in which they are shown; of the top-k accuracies, of which there is
    /// one for each k, the usual ones.
    public static let all: [Metric] =
        [.loss, .accuracy, .topAccuracy(3), .topAccuracy(5), .balancedAccuracy]
        + Metric.classScores
        + [.logLoss, .rocAUC, .averagePrecision]
        + Metric.regression

    /// The names of the metrics that mean something for a task.
    ///
    /// - Parameter task: What the model is asked for; nil for all metrics.
    /// - Returns: The names in the order of `all`.
    public static func names(for task: MetricTask? = nil) -> [String] {
        all.filter { metric in task.map { metric.fits($0) } ?? true }.map(\.name)
    }

    /// What is measured: loss, the accuracy of classes, and what was chosen, each once.
    ///
    /// - Parameters:
    ///   - names: The names of the chosen metrics; `none` counts for nothing.
    ///   - task: What the model is asked for, if that is known.
    /// - Returns: The metrics.
    /// - Throws: `Failure(.usage)` as `metric(named:)`.
    public static func measured(_ names: [String], for task: MetricTask? = nil) throws -> [Metric] {
        let usual: [Metric] = task == .regression ? [.loss] : [.loss, .accuracy]
        return try names.filter { $0 != "none" }.reduce(into: usual) { metrics, name in
            let metric = try metric(named: name, for: task)
            if !metrics.contains(metric) { metrics.append(metric) }
        }
    }

    /// Finds a metric by its name.
    ///
    /// - Parameters:
    ///   - name: Such as `f1_macro` or `top3_accuracy`.
    ///   - task: What the model is asked for, if that is known.
    ///   - subject: What the message calls the place of the name: a flag, a key.
    ///   - prefix: What stands before the names there.
    /// - Returns: The metric.
    /// - Throws: `Failure(.usage)` with the nearest name if there is no such metric, or none that
    ///   means something for the task.
    public static func metric(
        named name: String, for task: MetricTask? = nil, in subject: String = "--metrics",
        prefix: String = ""
    ) throws -> Metric {
        let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : ""
        let metric = all.first { $0.name == bare } ?? Metric.topAccuracy(named: bare)
        if let metric, task.map({ metric.fits($0) }) ?? true { return metric }
        let names = names(for: task).map { prefix + $0 }
        let nearest = names.nearest(to: name)
        let problem =
            metric == nil ? "is not known" : "means nothing for \(task?.description ?? "")"
        throw Failure(
            .usage, in: subject, expected: "one of \(names.joined(separator: ", "))",
            found: "\(name) \(problem)", fix: nearest.map { "did you mean \($0)?" })
    }
}
