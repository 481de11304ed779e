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
    private let session: RunSession
    private let networkRun: NetworkRun
    private let step: TrainingStep
    private let monitor: Monitor

    /// Called on every rank before each step with the number of steps made: where a test breaks
    /// something.
    package var beforeStep: ((Int) -> Void)?
    /// Called as `TrainingStep` says: where a test breaks something.
    package var afterLoss: ((Int, UnsafeMutablePointer<Float>) -> Void)? {
        get { step.afterLoss }
        set { step.afterLoss = newValue }
    }
    /// The writing of checkpoints, on rank 0.
    package var checkpoints: CheckpointWriter? { networkRun.checkpoints }
    /// The parameters in the memory of this rank's host.
    package var parameters: Arena { networkRun.state.model.parameters }

    private var progress: RunProgress { session.progress }
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
        session = RunSession(run, communicator: communicator, stop: stop)
        (plan, monitor) = try communicator.agreeing {
            let plan = try TrainingPlan(
                run.configuration, data: run.data, rankCount: communicator.rankCount)
            try run.resumePoint?.check(plan.sampler)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            let monitor = try Monitor(
                named: run.configuration.monitor, for: plan.model.metricTask)
            return (plan, monitor)
        }
        networkRun = try NetworkRun(run, plan, session, observer: observer)
        step = try TrainingStep(plan, state: networkRun.state)
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
        networkRun.start(byteCount: step.memoryByteCount)
        let loader = try session.communicator.agreeing {
            try plan.loader(
                for: progress.step..<max(progress.step, plan.lastStep), networkRun.state.team)
        }
        defer {
            loader.stop()
            networkRun.records?.close()
        }

        while !isComplete {
            if progress.stepInEpoch < plan.sampler.stepsPerEpoch {
                let control = try trainStep(loader)
                if !control.isDisjoint(with: [.stop, .timeIsUp]) {
                    networkRun.writeCheckpoint()
                    return try networkRun.end(.requeue, validation: nil)
                }
            }
            if progress.stepInEpoch == plan.sampler.stepsPerEpoch {
                try finishEpoch()
            } else if case .steps(let count) = plan.configuration.checkpointEvery,
                progress.step.isMultiple(of: count)
            {
                networkRun.writeCheckpoint()
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
        let learningRate = plan.learningRate(step: progress.step)
        beforeStep?(progress.step)
        let outcome = try step.run(
            progress, loader: loader, control: session.control, checksWeights: isSentinelDue)
        if let numbers = outcome.badNumbers, plan.configuration.onNan == .stop {
            try endRun(numbers, atStep: progress.step + 1, skippedInARow: 0)
        }
        if outcome.weightsWereChecked {
            try session.communicator.agree(
                on: networkRun.state.sentinel.verdict(step: progress.step + 1))
        }

        let seconds = session.clock.lap(imageCount: outcome.imageCount)
        session.progress.endStep(outcome, seconds: seconds)
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
            atStep: step, skippedInARow: skippedInARow, communicator: session.communicator,
            checkpoints: checkpoints)
    }

    /// Tells what a step came to, and of a checkpoint that has been written in the meantime.
    private func report(_ outcome: StepOutcome, learningRate: Double) {
        guard let records = networkRun.records else { return }
        records.reporter.stepFinished(
            StepReport(
                outcome, progress, learningRate: learningRate,
                imagesPerSecond: session.clock.imagesPerSecond))
        if let numbers = outcome.badNumbers {
            records.reporter.stepSkipped(progress.step, numbers)
        }
        records.ledger.record(
            LedgerStep(outcome, step: progress.step, learningRate: learningRate))
        records.checkpoints.collect()
        if progress.step.isMultiple(of: plan.configuration.logEvery) {
            session.clock.restartMeter()
        }
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
        let validation = try networkRun.validate()
        lastValidation = validation
        let value = validation.value(of: monitor.metric)
        let isBest = monitor.isImprovement(value, over: progress.bestValue)
        let report = EpochReport(
            progress, validation, validationSeconds: session.clock.sinceLap, isBest: isBest)
        session.progress.endEpoch(value, isBest: isBest)
        networkRun.records?.reporter.epochFinished(report)
        if isBest || isDue(atEpoch: progress.epoch) || isComplete {
            networkRun.writeCheckpoint(after: report)
        }
        session.clock.skip()
    }

    private func isDue(atEpoch epoch: Int) -> Bool {
        switch plan.configuration.checkpointEvery {
        case .epochs(let count): epoch.isMultiple(of: count)
        case .steps(let count): progress.step.isMultiple(of: count)
        }
    }

    private func finish() throws -> TrainingResult {
        networkRun.writeLastCheckpoint()
        // After the last epoch its validation is that of the final parameters.
        let validation =
            if progress.stepInEpoch == 0, let lastValidation {
                lastValidation
            } else {
                try networkRun.validate()
            }
        return try networkRun.end(stoppedEarly ? .stoppedEarly : .complete, validation: validation)
    }
}
