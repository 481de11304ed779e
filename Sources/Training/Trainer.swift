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
    /// All three exist on rank 0 alone.
    private let reporter: RunReporter?
    private let ledger: RunLedger?
    private let checkpoints: CheckpointWriter?

    /// Called on every rank before each step with the number of steps made: where a test breaks
    /// something.
    package var beforeStep: ((Int) -> Void)?
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
        communicator.log.enter(phase: "start", step: 0)
        let configuration = run.configuration
        (plan, monitor) = try communicator.agreeing {
            let plan = try TrainingPlan(
                configuration, data: run.data, rankCount: communicator.rankCount)
            return (plan, try Monitor(named: configuration.monitor))
        }
        state = try SharedState(plan, communicator: communicator)
        step = try TrainingStep(plan, state: state)
        evaluator = try Evaluator(of: state, loaderThreads: configuration.loaderThreads)
        progress = run.resumePoint?.state.progress ?? RunProgress()
        clock = RunClock(earlier: progress.seconds, limit: configuration.maxTime?.duration)

        let (plan, model, optimizer) = (plan, state.model, state.optimizer)
        let obstacle = state.team.obstacle
        (reporter, ledger, checkpoints) = try communicator.agreeing {
            guard communicator.rank == 0 else { return (nil, nil, nil) }
            if let point = run.resumePoint {
                try point.restore(model, optimizer)
            } else {
                model.initialize(seed: configuration.seed)
            }
            let reporter = try RunReporter(
                plan, resumed: run.resumePoint?.state.progress, observer: observer)
            for note in run.notes { reporter.warned(note) }
            if let obstacle {
                reporter.warned("ranks of a host exchange messages instead of memory: \(obstacle)")
            }
            let ledger = try RunLedger.open(
                plan, tensors: FingerprintPlan(layout: model.layout).tensorNames,
                resumedFrom: run.resumePoint, warn: reporter.warned)
            return (
                reporter, ledger,
                try CheckpointWriter(
                    plan, model: model, optimizer: optimizer, reporter: reporter, ledger: ledger,
                    resumedFrom: run.resumePoint)
            )
        }
        try state.publish()
        try step.prepare()
    }

    /// Trains to the end, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `badNumbers` if the loss or a gradient is not finite, with
    ///   `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        reporter?.started(description)
        clock.start()
        let loader = try communicator.agreeing {
            try plan.loader(for: progress.step..<max(progress.step, plan.lastStep), state.team)
        }
        defer {
            loader.stop()
            ledger?.synchronize()
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
        try checkNumbers(outcome.control)
        if outcome.weightsWereChecked {
            try communicator.agree(on: state.sentinel.verdict(step: progress.step + 1))
        }

        progress.endStep(outcome, seconds: clock.lap(imageCount: outcome.imageCount))
        reporter?.stepFinished(
            StepReport(
                step: progress.step, epoch: progress.epoch + 1, stepInEpoch: progress.stepInEpoch,
                loss: outcome.lossSum / Double(outcome.imageCount),
                accuracy: Double(outcome.correctCount) / Double(outcome.imageCount),
                gradientNorm: outcome.gradientNorm, learningRate: learningRate,
                imageCount: outcome.imageCount, imagesPerSecond: clock.imagesPerSecond))
        ledger?.record(LedgerStep(outcome, step: progress.step, learningRate: learningRate))
        if progress.step.isMultiple(of: plan.configuration.logEvery) { clock.restartMeter() }
        return outcome.control
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

    private func checkNumbers(_ control: ControlWord) throws {
        guard !control.isDisjoint(with: [.badLoss, .badGradient]) else { return }
        let what = control.contains(.badLoss) ? "the loss is" : "a gradient is"
        let saved = try communicator.fromRankZero { checkpoints?.lastStep }
        try communicator.agree(
            on: Failure(
                .badNumbers, in: "step \(progress.step + 1)", found: "\(what) NaN or infinite",
                fix: "lower --learning-rate or set --gradient-clip; "
                    + (saved.map { "the checkpoint of step \($0) is good" }
                        ?? "there is no checkpoint yet")))
    }

    /// Validates, notes whether it was the best epoch, and goes to the next.
    private func finishEpoch() throws {
        let validation = try validate()
        let value = validation.value(of: monitor.metric)
        let isBest = monitor.isImprovement(value, over: progress.bestValue)
        let ended = progress
        progress.endEpoch(value, isBest: isBest)
        let report = EpochReport(
            epoch: progress.epoch, step: progress.step,
            trainLoss: ended.epochLossSum / Double(ended.epochImageCount),
            trainAccuracy: Double(ended.epochCorrectCount) / Double(ended.epochImageCount),
            validation: validation, seconds: ended.epochSeconds + clock.sinceLap,
            imagesPerSecond: Double(ended.epochImageCount) / ended.epochSeconds, isBest: isBest)
        reporter?.epochFinished(report)
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
        let validation = try evaluator.evaluate(plan.data.validation)
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
        let sha256 = try agreedHash()
        progress.seconds = clock.total
        let result = TrainingResult(
            end: end, step: progress.step, validation: validation, parametersSHA256: sha256,
            seconds: progress.seconds, folder: plan.configuration.output)
        // Without a checkpoint there is nothing to submit again.
        if end == .requeue { try communicator.agree(on: checkpoints?.failure) }
        reporter?.finished(result)
        try communicator.agree(on: checkpoints?.failure)
        return result
    }

    /// The hash of the parameters, the same on all hosts.
    private func agreedHash() throws -> String {
        let own = state.team.member == 0 ? state.model.sha256() : ""
        let all = try communicator.allGather(Array(own.utf8))
        let others = all.indices.filter { !all[$0].isEmpty && all[$0] != all[0] }
        guard others.isEmpty else {
            throw Failure(
                .internalError, in: "parameters", expected: "the same on all ranks",
                found: "ranks \(others) differ from rank 0")
        }
        return String(decoding: all[0], as: UTF8.self)
    }

    private var description: RunStart {
        RunStart(
            configuration: plan.configuration, rankCount: communicator.rankCount,
            hostCount: communicator.placement.hostCount,
            parameterCount: state.model.layout.parameterCount,
            trainingImageCount: plan.data.training.count,
            validationImageCount: plan.data.validation.count,
            stepsPerEpoch: plan.sampler.stepsPerEpoch, totalSteps: plan.lastStep,
            resumedStep: progress.step, resumedFrom: resumePoint?.path,
            memoryByteCount: step.memoryByteCount + evaluator.memoryByteCount
                + state.byteCounts.member + state.byteCounts.shared / state.team.memberCount)
    }
}
