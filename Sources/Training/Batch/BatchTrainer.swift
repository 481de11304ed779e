import Communication
import Diagnostics
import Layers
import Optimizers

/// Trains with a batch optimizer on any number of ranks, to the same bits on each number.
///
/// A step of the run is an iteration: a line search on the mean loss of all training samples. Each
/// rank computes its share of an evaluation, and all make the same decisions from the same sums.
public final class BatchTrainer {
    private let plan: TrainingPlan
    private let communicator: any Communicator
    private let stop: StopRequest
    private let state: SharedState
    private let network: Network
    private let evaluator: Evaluator
    private let packing: ParameterPacking
    private let sums: any SampleSums
    private let objective: BatchObjective
    private let resumePoint: ResumePoint?
    /// Exists on rank 0 alone, as the lock, which holds as long as the trainer is there.
    private let records: RunRecords?
    private let lock: RunLock?

    private var optimizer: BatchOptimizer
    private var progress: RunProgress
    private var clock: RunClock

    /// Allocates everything, and sets the parameters to those before training or of a checkpoint.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - run: The run, whose optimizer is a batch optimizer.
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
        plan = try communicator.agreeing {
            try TrainingPlan(configuration, data: run.data, rankCount: communicator.rankCount)
        }
        state = try SharedState(plan, communicator: communicator)
        let (plan, state) = (plan, state)
        packing = ParameterPacking(state.model.layout)
        let linear = plan.linearSums
        network = try communicator.agreeing {
            try plan.checkBatchOptimizer(
                state.model.layout, ranksOfHost: communicator.placement.localRankCount)
            return try Network(
                plan.network, batch: linear == nil ? plan.sampler.microbatchSize : 1,
                mode: .training, prepared: state.prepared)
        }
        sums = linear ?? NetworkSums(plan, state.model, network, packing: packing)
        objective = BatchObjective(
            sums, packing: packing, l2: plan.penalty.l2, sampleCount: plan.training.count,
            microbatch: plan.sampler.microbatchSize, team: state.team)
        evaluator = try Evaluator(
            of: state, metrics: plan.measuredMetrics(), loaderThreads: configuration.loaderThreads)
        progress = run.resumePoint?.state.progress ?? RunProgress()
        clock = RunClock(earlier: progress.seconds, limit: configuration.maxTime?.duration)
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
        optimizer = try plan.batchOptimizer(
            state, packing: packing, valueNoise: sums.valueNoise, communicator)
        // All have read the point from the memory that one of them is about to write.
        try state.team.meet("first point")
        try setParameters()
    }

    /// Trains to the end, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `badNumbers` if the loss or gradient at the beginning is not
    ///   finite, with `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        records?.reporter.started(
            RunStart(
                plan, state, progress, resumedFrom: resumePoint,
                ownByteCount: network.memoryByteCount + evaluator.memoryByteCount
                    + objective.memoryByteCount))
        clock.start()
        defer { records?.close() }
        while optimizer.end == nil {
            let control = try evaluate()
            if optimizer.end == nil && !control.isDisjoint(with: [.stop, .timeIsUp]) {
                return try requeue()
            }
        }
        if optimizer.end == .notFinite {
            try communicator.agree(
                on: Failure(
                    .badNumbers, in: "the loss at the beginning", expected: "a finite number",
                    found: "it or its gradient is NaN or infinite",
                    fix: "look for extreme values in the data"))
        }
        return try finish()
    }

    /// Makes one evaluation, and what follows if an iteration ends with it.
    private func evaluate() throws -> ControlWord {
        var control: ControlWord = []
        if stop.isRequested { control.insert(.stop) }
        if clock.isUp { control.insert(.timeIsUp) }
        communicator.log.enter(phase: "evaluation", step: progress.step)
        // A linear model's sums are made in Double, from the point itself.
        if sums is NetworkSums { try setParameters(optimizer.trialPoint) }
        let value = try objective.evaluate(at: optimizer.trialPoint, control: control)
        if optimizer.take(value: value.value, gradient: value.gradient) {
            try endIteration(value)
        }
        return value.control
    }

    private func endIteration(_ value: BatchObjective.Value) throws {
        let sampleCount = plan.training.count
        try setParameters()
        progress.step = optimizer.counts.iterations
        _ = clock.lap(imageCount: sampleCount)
        if let records {
            let report = StepReport(
                step: progress.step, epoch: progress.step, stepInEpoch: 1, loss: value.value,
                accuracy: Double(value.correctCount) / Double(sampleCount),
                gradientNorm: optimizer.counts.gradientNorm,
                learningRate: optimizer.counts.step, imageCount: sampleCount,
                imagesPerSecond: clock.imagesPerSecond, isSkipped: false)
            records.reporter.stepFinished(report)
            records.ledger.record(LedgerStep(report, fingerprints: state.fingerprints.values))
            records.checkpoints.collect()
        }
        if optimizer.end == nil && isCheckpointDue { writeCheckpoint() }
    }

    /// An iteration counts as an epoch: it passes over all samples.
    private var isCheckpointDue: Bool {
        switch plan.configuration.checkpointEvery {
        case .epochs(let count), .steps(let count): progress.step.isMultiple(of: count)
        }
    }

    /// Gives the memory that a host's ranks share the parameters of a point, of the last iteration's
    /// if none is given, and makes what layers and the ledger need of them.
    private func setParameters(_ point: [Double]? = nil) throws {
        let parameters = state.model.parameters.base
        if state.team.member == 0 { packing.write(point ?? optimizer.point, to: parameters) }
        try state.team.meet("new parameters")
        network.prepare(parameters)
        state.fingerprints.hashOwnSegments()
        try state.team.meet("prepared parameters")
        state.prepared.isCurrent = true
        state.fingerprints.fold()
    }

    private func writeCheckpoint() {
        communicator.log.enter(phase: "checkpoint", step: progress.step)
        progress.seconds = clock.total
        if let checkpoints = records?.checkpoints {
            state.optimizer.batch = optimizer.state
            checkpoints.write(progress)
        }
        clock.skip()
    }

    private func requeue() throws -> TrainingResult {
        // The parameters may be those of a trial.
        try setParameters()
        writeCheckpoint()
        return try end(.requeue, validation: nil)
    }

    private func finish() throws -> TrainingResult {
        try setParameters()
        records?.checkpoints.finish()
        if let records, records.checkpoints.lastStep != progress.step { writeCheckpoint() }
        communicator.log.enter(phase: "validation", step: progress.step)
        return try end(.complete, validation: evaluator.evaluate(plan.validation))
    }

    private func end(
        _ end: TrainingResult.End, validation: EvaluationResult?
    ) throws -> TrainingResult {
        let sha256 = try state.agreedHash()
        records?.checkpoints.finish()
        progress.seconds = clock.total
        let result = TrainingResult(
            end: end, step: progress.step, validation: validation, parametersSHA256: sha256,
            seconds: progress.seconds, folder: plan.configuration.output, batch: optimizer.counts)
        if end == .requeue { try communicator.agree(on: records?.checkpoints.failure) }
        records?.reporter.finished(result)
        try communicator.agree(on: records?.checkpoints.failure)
        return result
    }
}
