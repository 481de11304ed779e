import Communication
import Optimizers

/// What a run has whatever it trains: its ranks, where it is, and how it is asked to end.
final class RunSession {
    /// The ranks of the run.
    let communicator: any Communicator
    /// With what the run goes on; nil for a new run.
    let resumePoint: ResumePoint?
    /// Where the run is.
    var progress: RunProgress
    /// The times of the run; its limit counts from the making of the session.
    var clock: RunClock

    private let stop: StopRequest
    private let output: String
    /// Keeps other jobs out as long as the session is there; exists on rank 0 alone.
    private let lock: RunLock?

    /// Begins a run, or goes on with it.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - communicator: Its ranks.
    ///   - stop: By which it can be asked to write a checkpoint and end.
    init(_ run: PreparedRun, communicator: any Communicator, stop: StopRequest) {
        self.communicator = communicator
        self.stop = stop
        resumePoint = run.resumePoint
        output = run.configuration.output
        lock = run.lock
        progress = run.resumePoint?.state.progress ?? RunProgress()
        clock = RunClock(
            earlier: progress.seconds, limit: run.configuration.maxTime?.duration)
        communicator.log.enter(phase: "start", step: 0)
    }

    /// What this rank alone was asked for, or knows of the time.
    var control: ControlWord {
        var control: ControlWord = []
        if stop.isRequested { control.insert(.stop) }
        if clock.isUp { control.insert(.timeIsUp) }
        return control
    }

    /// Notes for others what this rank is at.
    func enter(_ phase: String) { communicator.log.enter(phase: phase, step: progress.step) }

    /// What the run came to.
    ///
    /// - Parameters:
    ///   - end: Why it ended.
    ///   - validation: What was measured at last.
    ///   - sha256: The hash of what was trained.
    ///   - batch: How far a batch optimizer has come.
    /// - Returns: The result.
    func result(
        _ end: TrainingResult.End, validation: EvaluationResult?, sha256: String,
        batch: BatchCounts? = nil
    ) -> TrainingResult {
        progress.seconds = clock.total
        return TrainingResult(
            end: end, step: progress.step, validation: validation, parametersSHA256: sha256,
            seconds: progress.seconds, folder: output, batch: batch)
    }
}
