import Communication
import Diagnostics
import Layers
import Optimizers

/// The iterations of a batch optimizer over all ranks: what training makes, and verification makes
/// again.
final class BatchIterations {
    /// Where the optimizer is.
    private(set) var optimizer: BatchOptimizer

    private let plan: TrainingPlan
    private let state: SharedState
    private let network: Network
    private let packing: ParameterPacking
    private let sums: any SampleSums
    private let objective: BatchObjective

    /// Takes memory, and begins with the parameters as they are or where the optimizer's state, which
    /// rank 0 has read, says.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - state: What its ranks share.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ plan: TrainingPlan, state: SharedState) throws {
        self.plan = plan
        self.state = state
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
            state, packing: packing, valueNoise: sums.valueNoise, state.team.communicator)
        // All have read the point from the memory that one of them is about to write.
        try state.team.meet("first point")
        try setParameters()
    }

    /// Bytes of this rank's memory for passes and sums.
    var memoryByteCount: Int { network.memoryByteCount + objective.memoryByteCount }

    /// Makes one evaluation; every rank has to call it.
    ///
    /// - Parameter control: What this rank alone knows.
    /// - Returns: What it came to, and whether an iteration ended with it: then the parameters are
    ///   those of its end, else maybe those of a trial.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func evaluate(
        _ control: ControlWord
    ) throws -> (value: BatchObjective.Value, endsIteration: Bool) {
        // A linear model's sums are made in Double, from the point itself.
        if sums is NetworkSums { try setParameters(optimizer.trialPoint) }
        let value = try objective.evaluate(at: optimizer.trialPoint, control: control)
        let endsIteration = optimizer.take(value: value.value, gradient: value.gradient)
        if endsIteration { try setParameters() }
        return (value, endsIteration)
    }

    /// Gives the memory that a host's ranks share the parameters of a point, of the last iteration's
    /// if none is given, and makes what layers and the ledger need of them.
    ///
    /// - Parameter point: The point.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func setParameters(_ point: [Double]? = nil) throws {
        let parameters = state.model.parameters.base
        if state.team.member == 0 { packing.write(point ?? optimizer.point, to: parameters) }
        try state.team.meet("new parameters")
        network.prepare(parameters)
        state.fingerprints.hashOwnSegments()
        try state.team.meet("prepared parameters")
        state.prepared.isCurrent = true
        state.fingerprints.fold()
    }

    /// What the last iteration came to, as the ledger holds it.
    var ledgerStep: LedgerStep {
        LedgerStep(optimizer.counts, fingerprints: state.fingerprints.values)
    }
}
