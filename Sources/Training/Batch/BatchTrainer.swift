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
    private let session: RunSession
    private let base: NetworkRun
    private let network: Network
    private let packing: ParameterPacking
    private let sums: any SampleSums
    private let objective: BatchObjective

    private var optimizer: BatchOptimizer

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
        session = RunSession(run, communicator: communicator, stop: stop)
        let plan = try communicator.agreeing {
            let ranksOnHost = communicator.placement.localRankCount
            let plan = try TrainingPlan(
                run.configuration, data: run.data, rankCount: communicator.rankCount)
            try plan.checkBatchOptimizer(
                SharedFloatCounts(plan, rankCount: communicator.rankCount).layout,
                ranksOfHost: ranksOnHost)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: ranksOnHost)
            return plan
        }
        self.plan = plan
        base = try NetworkRun(run, plan, session, observer: observer)
        let state = base.state
        packing = ParameterPacking(state.model.layout)
        let linear = plan.linearSums
        network = try Network(
            plan.network, batch: linear == nil ? plan.sampler.microbatchSize : 1,
            mode: .training, prepared: state.prepared)
        sums = linear ?? NetworkSums(plan, state.model, network, packing: packing)
        objective = BatchObjective(
            sums, packing: packing, l2: plan.penalty.l2, sampleCount: plan.training.count,
            microbatch: plan.sampler.microbatchSize, team: state.team)
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
        base.start(byteCount: network.memoryByteCount + objective.memoryByteCount)
        defer { base.records?.close() }
        while optimizer.end == nil {
            let control = try evaluate()
            if optimizer.end == nil && !control.isDisjoint(with: [.stop, .timeIsUp]) {
                return try requeue()
            }
        }
        if optimizer.end == .notFinite {
            try session.communicator.agree(
                on: Failure(
                    .badNumbers, in: "the loss at the beginning", expected: "a finite number",
                    found: "it or its gradient is NaN or infinite",
                    fix: "look for extreme values in the data"))
        }
        return try finish()
    }

    /// Makes one evaluation, and what follows if an iteration ends with it.
    private func evaluate() throws -> ControlWord {
        session.enter("evaluation")
        // A linear model's sums are made in Double, from the point itself.
        if sums is NetworkSums { try setParameters(optimizer.trialPoint) }
        let value = try objective.evaluate(
            at: optimizer.trialPoint, control: session.control)
        if optimizer.take(value: value.value, gradient: value.gradient) {
            try endIteration(value)
        }
        return value.control
    }

    private func endIteration(_ value: BatchObjective.Value) throws {
        let sampleCount = plan.training.count
        try setParameters()
        let iterations = optimizer.counts.iterations
        session.progress.step = iterations
        _ = session.clock.lap(imageCount: sampleCount)
        if let records = base.records {
            let report = StepReport(
                step: iterations, epoch: iterations, stepInEpoch: 1,
                loss: optimizer.value ?? value.value,
                accuracy: Double(value.correctCount) / Double(sampleCount),
                gradientNorm: optimizer.counts.gradientNorm,
                learningRate: optimizer.counts.step, imageCount: sampleCount,
                imagesPerSecond: session.clock.imagesPerSecond, isSkipped: false)
            records.reporter.stepFinished(report)
            records.ledger.record(LedgerStep(report, fingerprints: base.state.fingerprints.values))
            records.checkpoints.collect()
        }
        if optimizer.end == nil && isCheckpointDue { writeCheckpoint() }
    }

    /// An iteration counts as an epoch: it passes over all samples.
    private var isCheckpointDue: Bool {
        switch plan.configuration.checkpointEvery {
        case .epochs(let count), .steps(let count):
            session.progress.step.isMultiple(of: count)
        }
    }

    /// Gives the memory that a host's ranks share the parameters of a point, of the last iteration's
    /// if none is given, and makes what layers and the ledger need of them.
    private func setParameters(_ point: [Double]? = nil) throws {
        let state = base.state
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
        keepOptimizerState()
        base.writeCheckpoint()
    }

    /// Puts the optimizer's state where rank 0 finds it for the next checkpoint.
    private func keepOptimizerState() {
        if base.records != nil { base.state.optimizer.batch = optimizer.state }
    }

    private func requeue() throws -> TrainingResult {
        // The parameters may be those of a trial.
        try setParameters()
        writeCheckpoint()
        return try base.end(.requeue, validation: nil, batch: optimizer.counts)
    }

    private func finish() throws -> TrainingResult {
        try setParameters()
        keepOptimizerState()
        base.writeLastCheckpoint()
        return try base.end(
            .complete, validation: base.validate(), batch: optimizer.counts)
    }
}
