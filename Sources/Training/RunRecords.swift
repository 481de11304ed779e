import Communication

/// What rank 0 alone writes of a run: its log, its ledger and its checkpoints.
struct RunRecords {
    let reporter: RunReporter
    let ledger: RunLedger
    let checkpoints: CheckpointWriter

    /// Prepares the run directory, and tells what the user should know so far.
    ///
    /// - Parameters:
    ///   - run: What is to be done.
    ///   - plan: What follows from it.
    ///   - state: The values, which are those with which the run begins.
    ///   - observer: Who shows how the run goes.
    /// - Throws: `Failure` with `inputOutput` if the directory cannot be written.
    init(
        _ run: PreparedRun, _ plan: TrainingPlan, _ state: SharedState,
        observer: (any TrainingObserver)?
    ) throws {
        reporter = try RunReporter(
            run, metrics: plan.measuredMetrics(), stepsPerEpoch: plan.sampler.stepsPerEpoch,
            observer: observer)
        if let obstacle = state.team.obstacle {
            reporter.warned("ranks of a host exchange messages instead of memory: \(obstacle)")
        }
        ledger = try RunLedger.open(
            plan.configuration, tensors: state.fingerprints.plan.tensorNames,
            resumedFrom: run.resumePoint, warn: reporter.warned)
        checkpoints = try CheckpointWriter(
            plan, model: state.model, optimizer: state.optimizer, reporter: reporter,
            ledger: ledger, resumedFrom: run.resumePoint)
    }

    /// Brings to disk what is still under way, however the run ends.
    func close() {
        checkpoints.finish()
        ledger.synchronize()
    }
}
