import Communication
import Optimizers

/// What a run that trains a network has, however it does so: what its ranks share, its measurements,
/// its records and its end.
final class NetworkRun {
    /// Everything that follows from configuration and data.
    let plan: TrainingPlan
    /// Where the run is.
    let session: RunSession
    /// What the ranks of a host share.
    let state: SharedState
    /// What rank 0 alone writes; nil on other ranks.
    let records: RunRecords?

    private let evaluator: Evaluator

    /// Allocates what ranks share, and sets the parameters to those before training or of a checkpoint.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - plan: What follows from it.
    ///   - session: Its ranks.
    ///   - observer: Who shows how it goes; told on rank 0 alone.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(
        _ run: PreparedRun, _ plan: TrainingPlan, _ session: RunSession,
        observer: (any TrainingObserver)?
    ) throws {
        let communicator = session.communicator
        let state = try SharedState(plan, communicator: communicator)
        self.plan = plan
        self.session = session
        self.state = state
        evaluator = try Evaluator(
            of: state, metrics: plan.measuredMetrics(),
            loaderThreads: plan.configuration.loaderThreads)
        records = try communicator.agreeing {
            guard communicator.rank == 0 else { return nil }
            if let point = run.resumePoint {
                try point.restore(state.model, state.optimizer)
            } else {
                state.model.initialize(seed: plan.configuration.seed)
            }
            return try RunRecords(run, plan, state, observer: observer)
        }
        try state.publish()
    }

    /// The writing of checkpoints, on rank 0.
    var checkpoints: CheckpointWriter? { records?.checkpoints }

    /// Tells that the first step is about to be made, and starts the clock.
    ///
    /// - Parameter byteCount: Bytes that this rank has for training alone.
    func start(byteCount: Int) {
        records?.reporter.started(
            RunStart(
                plan, state, session.progress, resumedFrom: session.resumePoint,
                ownByteCount: byteCount + evaluator.memoryByteCount
                    + (checkpoints?.memoryByteCount ?? 0)))
        session.clock.start()
    }

    /// Measures the network; every rank has to call it.
    ///
    /// - Returns: What was measured on the validation samples.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func validate() throws -> EvaluationResult {
        session.enter("validation")
        return try evaluator.evaluate(plan.validation)
    }

    /// Writes a checkpoint of the parameters as they are.
    ///
    /// - Parameter epoch: The epoch that ended with them, if one did.
    func writeCheckpoint(after epoch: EpochReport? = nil) {
        session.enter("checkpoint")
        session.progress.seconds = session.clock.total
        checkpoints?.write(session.progress, after: epoch)
        session.clock.skip()
    }

    /// Writes the last checkpoint if it is missing.
    func writeLastCheckpoint() {
        checkpoints?.finish()
        if let checkpoints, checkpoints.lastStep != session.progress.step { writeCheckpoint() }
    }

    /// Ends the run; every rank has to call it.
    ///
    /// - Parameters:
    ///   - end: Why.
    ///   - validation: What was measured at last.
    ///   - batch: How far a batch optimizer has come.
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure` with `inputOutput` if the last checkpoint could not be written.
    func end(
        _ end: TrainingResult.End, validation: EvaluationResult?, batch: BatchCounts? = nil
    ) throws -> TrainingResult {
        let sha256 = try state.agreedHash()
        checkpoints?.finish()
        let result = session.result(end, validation: validation, sha256: sha256, batch: batch)
        // Without a checkpoint there is nothing to submit again.
        if end == .requeue { try session.communicator.agree(on: checkpoints?.failure) }
        records?.reporter.finished(result)
        try session.communicator.agree(on: checkpoints?.failure)
        return result
    }
}
