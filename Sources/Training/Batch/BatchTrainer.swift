import Communication
import Diagnostics
import Optimizers

/// Trains with a batch optimizer on any number of ranks, to the same bits on each number.
///
/// A step of the run is an iteration: a line search on the mean loss of all training samples. Each
/// rank computes its share of an evaluation, and all make the same decisions from the same sums.
public final class BatchTrainer {
    private let plan: TrainingPlan
    private let session: RunSession
    private let networkRun: NetworkRun
    private let iterations: BatchIterations

    private var optimizer: BatchOptimizer { iterations.optimizer }

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
        networkRun = try NetworkRun(run, plan, session, observer: observer)
        iterations = try BatchIterations(plan, state: networkRun.state)
    }

    /// Trains to the end, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `badNumbers` if the loss or gradient at the beginning is not
    ///   finite, with `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        networkRun.start(byteCount: iterations.memoryByteCount)
        defer { networkRun.records?.close() }
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
        let (value, endsIteration) = try iterations.evaluate(session.control)
        if endsIteration { endIteration(value) }
        return value.control
    }

    private func endIteration(_ value: BatchObjective.Value) {
        let sampleCount = plan.training.count
        let counts = optimizer.counts
        session.progress.step = counts.iterations
        _ = session.clock.lap(imageCount: sampleCount)
        if let records = networkRun.records {
            let report = StepReport(
                step: counts.iterations, epoch: counts.iterations, stepInEpoch: 1,
                loss: counts.value ?? value.value,
                accuracy: Double(value.correctCount) / Double(sampleCount),
                gradientNorm: counts.gradientNorm,
                learningRate: counts.step, imageCount: sampleCount,
                imagesPerSecond: session.clock.imagesPerSecond, isSkipped: false)
            records.reporter.stepFinished(report)
            records.ledger.record(iterations.ledgerStep)
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

    private func writeCheckpoint() {
        keepOptimizerState()
        networkRun.writeCheckpoint()
    }

    /// Puts the optimizer's state where rank 0 finds it for the next checkpoint.
    private func keepOptimizerState() {
        if networkRun.records != nil { networkRun.state.optimizer.batch = optimizer.state }
    }

    private func requeue() throws -> TrainingResult {
        // The parameters may be those of a trial.
        try iterations.setParameters()
        writeCheckpoint()
        return try networkRun.end(.requeue, validation: nil, batch: optimizer.counts)
    }

    private func finish() throws -> TrainingResult {
        try iterations.setParameters()
        keepOptimizerState()
        networkRun.writeLastCheckpoint()
        return try networkRun.end(
            .complete, validation: networkRun.validate(), batch: optimizer.counts)
    }
}
