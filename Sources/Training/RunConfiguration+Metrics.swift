import Metrics

extension RunConfiguration {
    /// Chooses what nobody chose, and checks that all that is measured fits the data.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - data: The samples of the run.
    /// - Throws: `Failure` with `usage` that names the key that is wrong.
    mutating func completeMetrics(
        _ overrides: RunConfigurationOverrides, for data: RunData
    ) throws {
        let task = metricTask(for: data)
        if overrides.metrics == nil { metrics = Self.usualMetrics(for: task) }
        if overrides.monitor == nil { monitor = Self.usualMonitor(for: task) }
        try checkMetrics(for: data)
    }

    /// Checks that all that is measured fits the data.
    ///
    /// - Parameter data: The samples of the run.
    /// - Throws: `Failure` with `usage` that names the key that is wrong.
    func checkMetrics(for data: RunData) throws { try checkMetrics(for: metricTask(for: data)) }

    private func metricTask(for data: RunData) -> MetricTask {
        MetricTask(classNames: data.training.classNames, loss: loss)
    }

    /// Checks that all that is measured, and what checkpoints are named by, is known.
    ///
    /// - Parameter task: What the model is asked for; nil if that is not known yet.
    /// - Throws: `Failure` with `usage` that names the key that is wrong.
    func checkMetrics(for task: MetricTask? = nil) throws {
        let measured = try measuredMetrics(for: task)
        if let checkpointName { _ = try CheckpointNameTemplate(checkpointName, metrics: measured) }
    }

    /// What is measured if nobody says: something cheap that is worth knowing of the task.
    ///
    /// - Parameter task: What the model is asked for.
    /// - Returns: Names of metrics besides loss and accuracy, or `none`.
    static func usualMetrics(for task: MetricTask) -> [String] {
        switch task {
        case .classification(let classCount, _): classCount > 5 ? ["top5_accuracy"] : ["none"]
        case .regression: ["rmse", "mae", "r2"]
        }
    }

    /// What epochs are compared by if nobody says.
    ///
    /// - Parameter task: What the model is asked for.
    /// - Returns: The name of a monitor.
    static func usualMonitor(for task: MetricTask) -> String {
        switch task {
        case .classification: "val_accuracy"
        case .regression: "val_loss"
        }
    }

    /// What of the measurements stands in logs: loss, accuracy of classes, what was chosen, and what
    /// epochs are compared by, each once.
    ///
    /// - Parameter task: What the model is asked for; nil if that is not known yet.
    /// - Returns: The metrics.
    /// - Throws: `Failure` with `usage` if a name is not known, or means nothing for the task.
    func measuredMetrics(for task: MetricTask? = nil) throws -> [Metric] {
        let measured = try MetricCatalog.measured(metrics, for: task)
        let monitored = try Monitor(named: monitor, for: task).metric
        return measured + (measured.contains(monitored) ? [] : [monitored])
    }
}

extension TrainingPlan {
    /// What of the measurements stands in logs.
    ///
    /// - Returns: The metrics.
    /// - Throws: `Failure` with `usage` if one means nothing for the data.
    func measuredMetrics() throws -> [Metric] {
        try configuration.measuredMetrics(for: model.metricTask)
    }
}

extension ModelDescription {
    /// What the model is asked for, which decides what metrics mean something.
    public var metricTask: MetricTask {
        MetricTask(classNames: classNames, loss: loss)
    }
}

extension MetricTask {
    /// What a network is asked for.
    ///
    /// - Parameters:
    ///   - classNames: The names of the classes; empty if samples have values.
    ///   - loss: The loss that it is trained with.
    init(classNames: [String], loss: LossName) {
        self =
            classNames.isEmpty
            ? .regression
            : .classification(
                classCount: classNames.count, hasProbabilities: loss.make().scoresAreLogits)
    }
}
