import Communication
import Datasets
import Diagnostics
import Layers
import Metrics

/// Trains a network on any number of ranks, to the same bits on each number.
///
/// ```swift
/// let run = try PreparedRun.open(overrides, communicator: communicator)
/// let trainer = try Trainer(run, communicator: communicator, observer: console)
/// let result = try trainer.run()
/// ```
public final class Trainer {
    private let plan: TrainingPlan
    private let communicator: any Communicator
    private let stop: StopRequest
    private let state: SharedState
    private let step: TrainingStep
    private let evaluator: Evaluator
    private let monitor: Monitor
    private let resumePoint: ResumePoint?
    /// Exists on rank 0 alone, as the lock, which holds as long as the trainer is there.
    private let records: RunRecords?
    private let lock: RunLock?

    /// Called on every rank before each step with the number of steps made: where a test breaks
    /// something.
    package var beforeStep: ((Int) -> Void)?
    /// Called as `TrainingStep` says: where a test breaks something.
    package var afterLoss: ((Int, UnsafeMutablePointer<Float>) -> Void)? {
        get { step.afterLoss }
        set { step.afterLoss = newValue }
    }
    /// The writing of checkpoints, on rank 0.
    package var checkpoints: CheckpointWriter? { records?.checkpoints }
    /// The parameters in the memory of this rank's host.
    package var parameters: Arena { state.model.parameters }

    private var progress: RunProgress
    private var clock: RunClock
    private var lastValidation: EvaluationResult?

    /// Allocates everything, and sets the parameters to those before training or of a checkpoint.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - communicator: The ranks of the run.
    ///   - observer: Who shows how the run goes; told on rank 0 alone.
    ///   - stop: By which the run can be asked to write a checkpoint and end.
    /// - Throws: `AgreedFailure`, the same on every rank.
    public init(
        _ run: PreparedRun, communicator: any Communicator,
        observer: (any TrainingObserver)? = nil, stop: StopRequest = StopRequest()
    ) throws {
        self.communicator = communicator
        self.stop = stop
        resumePoint = run.resumePoint
        lock = run.lock
        communicator.log.enter(phase: "start", step: 0)
        let configuration = run.configuration
        (plan, monitor) = try communicator.agreeing {
            let plan = try TrainingPlan(
                configuration, data: run.data, rankCount: communicator.rankCount)
            try run.resumePoint?.check(plan.sampler)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            let monitor = try Monitor(
                named: configuration.monitor, for: plan.model.metricTask)
            return (plan, monitor)
        }
        state = try SharedState(plan, communicator: communicator)
        step = try TrainingStep(plan, state: state)
        evaluator = try Evaluator(
            of: state, metrics: plan.measuredMetrics(), loaderThreads: configuration.loaderThreads)
        progress = run.resumePoint?.state.progress ?? RunProgress()
        clock = RunClock(earlier: progress.seconds, limit: configuration.maxTime?.duration)

        let (plan, state) = (plan, state)
        records = try communicator.agreeing {
            guard communicator.rank == 0 else { return nil }
            if let point = run.resumePoint {
                try point.restore(state.model, state.optimizer)
            } else {
                state.model.initialize(seed: configuration.seed)
            }
            return try RunRecords(run, plan, state, observer: observer)
        }
        try state.publish()
        try step.prepare()
    }

    /// Trains to the end, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `badNumbers` if the loss or a gradient is not finite and the
    ///   step is not skipped, with `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        records?.reporter.started(
            RunStart(
                plan, state, progress, resumedFrom: resumePoint,
                ownByteCount: step.memoryByteCount + evaluator.memoryByteCount
                    + (checkpoints?.memoryByteCount ?? 0)))
        clock.start()
        let loader = try communicator.agreeing {
            try plan.loader(for: progress.step..<max(progress.step, plan.lastStep), state.team)
        }
        defer {
            loader.stop()
            records?.close()
        }

        while !isComplete {
            if progress.stepInEpoch < plan.sampler.stepsPerEpoch {
                let control = try trainStep(loader)
                if !control.isDisjoint(with: [.stop, .timeIsUp]) { return try requeue() }
            }
            if progress.stepInEpoch == plan.sampler.stepsPerEpoch {
                try finishEpoch()
            } else if case .steps(let count) = plan.configuration.checkpointEvery,
                progress.step.isMultiple(of: count)
            {
                writeCheckpoint()
            }
        }
        return try finish()
    }

    /// Whether nothing is left to do but the end.
    private var isComplete: Bool {
        let epochIsOver = progress.stepInEpoch == plan.sampler.stepsPerEpoch
        return stoppedEarly || (progress.step >= plan.lastStep && !epochIsOver)
    }

    private var stoppedEarly: Bool {
        guard let patience = plan.configuration.earlyStoppingPatience else { return false }
        return progress.epochsWithoutImprovement >= patience
    }

    private func trainStep(_ loader: MicrobatchLoader) throws -> ControlWord {
        var control: ControlWord = []
        if stop.isRequested { control.insert(.stop) }
        if clock.isUp { control.insert(.timeIsUp) }
        let learningRate = plan.learningRate(step: progress.step)
        beforeStep?(progress.step)
        let outcome = try step.run(
            progress, loader: loader, control: control, checksWeights: isSentinelDue)
        if let numbers = outcome.badNumbers, plan.configuration.onNan == .stop {
            try endRun(numbers, atStep: progress.step + 1, skippedInARow: 0)
        }
        if outcome.weightsWereChecked {
            try communicator.agree(on: state.sentinel.verdict(step: progress.step + 1))
        }

        progress.endStep(outcome, seconds: clock.lap(imageCount: outcome.imageCount))
        report(outcome, learningRate: learningRate)
        if let numbers = outcome.badNumbers, let row = progress.skipped?.inARow,
            row >= BadNumberPolicy.longestRow
        {
            try endRun(numbers, atStep: progress.step, skippedInARow: row)
        }
        return outcome.control
    }

    private func endRun(_ numbers: BadNumbers, atStep step: Int, skippedInARow: Int) throws {
        try numbers.endRun(
            atStep: step, skippedInARow: skippedInARow, communicator: communicator,
            checkpoints: checkpoints)
    }

    /// Tells what a step came to, and of a checkpoint that has been written in the meantime.
    private func report(_ outcome: StepOutcome, learningRate: Double) {
        guard let records else { return }
        records.reporter.stepFinished(
            StepReport(
                outcome, progress, learningRate: learningRate,
                imagesPerSecond: clock.imagesPerSecond))
        if let numbers = outcome.badNumbers {
            records.reporter.stepSkipped(progress.step, numbers)
        }
        records.ledger.record(
            LedgerStep(outcome, step: progress.step, learningRate: learningRate))
        records.checkpoints.collect()
        if progress.step.isMultiple(of: plan.configuration.logEvery) { clock.restartMeter() }
    }

    /// Whether the weights are checked in the next step: every so often, and before checkpoints.
    private var isSentinelDue: Bool {
        let next = progress.step + 1
        if case .steps(let count) = plan.configuration.checkpointEvery, next.isMultiple(of: count) {
            return true
        }
        return next.isMultiple(of: plan.configuration.sentinelEvery) || next == plan.lastStep
            || progress.stepInEpoch + 1 == plan.sampler.stepsPerEpoch
    }

    /// Validates, notes whether it was the best epoch, and goes to the next.
    private func finishEpoch() throws {
        let validation = try validate()
        let value = validation.value(of: monitor.metric)
        let isBest = monitor.isImprovement(value, over: progress.bestValue)
        let report = EpochReport(
            progress, validation, validationSeconds: clock.sinceLap, isBest: isBest)
        progress.endEpoch(value, isBest: isBest)
        records?.reporter.epochFinished(report)
        if isBest || isDue(atEpoch: progress.epoch) || isComplete {
            writeCheckpoint(after: report)
        }
        clock.skip()
    }

    private func isDue(atEpoch epoch: Int) -> Bool {
        switch plan.configuration.checkpointEvery {
        case .epochs(let count): epoch.isMultiple(of: count)
        case .steps(let count): progress.step.isMultiple(of: count)
        }
    }

    private func validate() throws -> EvaluationResult {
        communicator.log.enter(phase: "validation", step: progress.step)
        let validation = try evaluator.evaluate(plan.validation)
        lastValidation = validation
        return validation
    }

    private func writeCheckpoint(after epoch: EpochReport? = nil) {
        communicator.log.enter(phase: "checkpoint", step: progress.step)
        progress.seconds = clock.total
        checkpoints?.write(progress, after: epoch)
        clock.skip()
    }

    private func requeue() throws -> TrainingResult {
        writeCheckpoint()
        return try end(.requeue, validation: nil)
    }

    private func finish() throws -> TrainingResult {
        checkpoints?.finish()
        if let checkpoints, checkpoints.lastStep != progress.step { writeCheckpoint() }
        // After the last epoch its validation is that of the final parameters.
        let validation =
            if progress.stepInEpoch == 0, let lastValidation {
                lastValidation
            } else {
                try validate()
            }
        return try end(stoppedEarly ? .stoppedEarly : .complete, validation: validation)
    }

    private func end(
        _ end: TrainingResult.End, validation: EvaluationResult?
    ) throws -> TrainingResult {
        let sha256 = try state.agreedHash()
        checkpoints?.finish()
        progress.seconds = clock.total
        let result = TrainingResult(
            end: end, step: progress.step, validation: validation, parametersSHA256: sha256,
            seconds: progress.seconds, folder: plan.configuration.output)
        // Without a checkpoint there is nothing to submit again.
        if end == .requeue { try communicator.agree(on: checkpoints?.failure) }
        records?.reporter.finished(result)
        try communicator.agree(on: checkpoints?.failure)
        return result
    }
}
