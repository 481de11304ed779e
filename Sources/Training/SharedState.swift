import Communication
import Diagnostics
import Layers
import Optimizers

/// What a training run has once on each host, in memory that its ranks share: parameters, running
/// statistics, optimizer slots, and what layers prepare from the parameters; and the reduction, whose
/// slabs lie there too.
final class SharedState {
    /// The ranks that share it.
    let team: HostTeam
    /// The layers.
    let network: NetworkDescription
    /// The parameters and running statistics.
    let model: Model
    /// The optimizer with its slots.
    let optimizer: OptimizerState
    /// What layers prepare from the parameters.
    let prepared: PreparedParameters
    /// The sum over microbatches of [gradients | statistics | totals].
    let reduction: SlabReduction
    /// The sums of squares of the gradient's blocks.
    let blockSums: UnsafeMutablePointer<Double>
    /// The sums of squares of the tensors' parts, for an optimizer that scales by them.
    let tensorSquares: UnsafeMutablePointer<TensorSquares>
    /// The penalties of the weights in the same blocks.
    let blockPenalties: UnsafeMutablePointer<Double>
    /// What the tensors are after each step.
    let fingerprints: TensorFingerprints
    /// What watches over the weights.
    let sentinel: WeightSentinel
    /// Bytes of the memory that a team shares, and of each rank's part of the reduction.
    let byteCounts: (shared: Int, member: Int)

    /// Floats behind the statistics in each slab: loss, correct count, and two facts of the control
    /// word.
    static let totalsCount = 4

    /// Forms the teams and takes all memory; every rank has to call it.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - communicator: The ranks of the run.
    /// - Throws: `Failure` with `usage` if the layers do not fit together; `Failure` if the
    ///   message-passing system reports an error.
    init(_ plan: TrainingPlan, communicator: any Communicator) throws {
        network = plan.network
        let counts = try SharedFloatCounts(plan, rankCount: communicator.rankCount)
        let layout = counts.layout
        let method = plan.configuration.reduction
        byteCounts = counts.byteCounts
        let team = try HostTeam(
            communicator, sharesMemory: method == .tree, sharedFloatCounts: counts.shared,
            memberFloatCounts: counts.member,
            flagCount: SlabReduction.flagCount(elementCount: counts.slabCount))
        self.team = team
        func memory(_ count: Int) -> Arena { Arena(team.takeShared(count), count: count, of: team) }
        model = try Model(plan.model, memory: memory)
        optimizer = OptimizerState(plan.optimizer, layout: layout, memory: memory)
        prepared = PreparedParameters(
            memory(counts.preparedCount), mode: .training, part: team.member, of: team.memberCount)
        blockSums = UnsafeMutableRawPointer(team.takeShared(counts.blockSumCount))
            .bindMemory(to: Double.self, capacity: counts.blockSumCount / 2)
        tensorSquares = UnsafeMutableRawPointer(team.takeShared(counts.tensorSquareCount))
            .bindMemory(
                to: TensorSquares.self,
                capacity: 4 * counts.tensorSquareCount / MemoryLayout<TensorSquares>.stride)
        blockPenalties = UnsafeMutableRawPointer(team.takeShared(counts.blockSumCount))
            .bindMemory(to: Double.self, capacity: counts.blockSumCount / 2)
        fingerprints = TensorFingerprints(
            counts.fingerprints, of: model, hashes: team.takeShared(counts.hashCount),
            part: team.member, of: team.memberCount)
        sentinel = WeightSentinel(
            fingerprints, team: team, memory: team.takeShared(counts.sentinelCount))
        reduction = SlabReduction(
            leafCounts: counts.leafCounts, elementCount: counts.slabCount, method: method,
            team: team)
    }

    /// The SHA-256 over all parameters and running statistics, the same on all hosts; every rank has to
    /// call it.
    ///
    /// - Returns: The digits.
    /// - Throws: `Failure` with `internalError` if hosts differ.
    func agreedHash() throws -> String {
        let own = team.member == 0 ? model.sha256() : ""
        let all = try team.communicator.allGather(Array(own.utf8))
        let others = all.indices.filter { !all[$0].isEmpty && all[$0] != all[0] }
        guard others.isEmpty else {
            throw Failure(
                .internalError, in: "parameters", expected: "the same on all ranks",
                found: "ranks \(others) differ from rank 0")
        }
        return String(decoding: all[0], as: UTF8.self)
    }

    /// Gives all ranks what rank 0 has set; every rank has to call it.
    ///
    /// - Throws: `Failure` if the message-passing system reports an error.
    func publish() throws {
        if let leaders = team.leaders {
            for arena in [model.parameters, model.statistics, optimizer.slots] {
                try leaders.broadcastFromRankZero(arena)
            }
        }
        try team.meet("the first parameters")
    }
}
