import Communication
import Layers
import Optimizers

/// What a training run has in the memory that the ranks of a host share, in floats.
struct SharedFloatCounts {
    /// Where the parameters and statistics lie.
    let layout: ParameterLayout
    /// The optimizer's slots.
    let slotCount: Int
    /// What layers prepare from their parameters.
    let preparedCount: Int
    /// The sums of squares of the gradient's blocks; the penalties of the weights take as much.
    let blockSumCount: Int
    /// The sums of squares of tensors, for an optimizer that scales by them.
    let tensorSquareCount: Int
    /// How the tensors are cut for their fingerprints.
    let fingerprints: FingerprintPlan
    /// What the watch over the weights keeps.
    let sentinelCount: Int
    /// A slab of [gradients | statistics | totals].
    let slabCount: Int
    /// The numbers of microbatches that steps have.
    let leafCounts: [Int]
    /// Each slab that a rank has.
    let member: [Int]

    /// Works it out.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - rankCount: The number of ranks.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    init(_ plan: TrainingPlan, rankCount: Int) throws {
        let sizes = try Network.Sizes(plan.network, mode: .training)
        layout = sizes.layout
        preparedCount = sizes.preparedCount
        slotCount = OptimizerState.slotCount(plan.optimizer, layout: layout)
        blockSumCount = 2 * GradientNorm.blockCount(layout.slabCount)
        tensorSquareCount = OptimizerState.tensorSquareCount(plan.optimizer, layout: layout)
        fingerprints = FingerprintPlan(layout: layout)
        sentinelCount = WeightSentinel.floatCount(rankCount: rankCount)
        slabCount = layout.slabCount + layout.statisticsCount + SharedState.totalsCount
        leafCounts = [0, plan.sampler.stepsPerEpoch - 1].map {
            plan.sampler.microbatchCount(inStep: $0)
        }
        member = SlabReduction.memberFloatCounts(
            leafCounts: leafCounts, elementCount: slabCount, rankCount: rankCount,
            method: plan.configuration.reduction)
    }

    /// The hashes of the tensors' segments.
    var hashCount: Int { 2 * fingerprints.segmentCount }

    /// What is there once for all ranks.
    var shared: [Int] {
        [
            layout.slabCount, layout.statisticsCount, slotCount, preparedCount, blockSumCount,
            tensorSquareCount, blockSumCount, hashCount, sentinelCount,
        ]
    }

    /// Bytes of what is there once, and of each rank's slabs.
    var byteCounts: (shared: Int, member: Int) {
        (4 * shared.reduce(0, +), 4 * member.reduce(0, +))
    }
}
