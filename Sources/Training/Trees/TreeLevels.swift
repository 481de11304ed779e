import Communication
import Trees

/// The levels of a run's trees, grown by all ranks: what training grows, and verification grows again.
final class TreeLevels {
    /// The trees that have grown up.
    let model: TreeModel
    /// How far the tree after them is.
    private(set) var growth: TreeGrowth

    private let plan: TreePlan
    private let ranks: TreeRanks
    private let rows: BinnedRows
    private var grower: TreeGrower?

    /// Bins the training rows, and reads the trees of a checkpoint.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - point: The checkpoint; nil to begin with the first tree.
    ///   - communicator: The ranks.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ plan: TreePlan, from point: ResumePoint?, communicator: any Communicator) throws {
        self.plan = plan
        ranks = TreeRanks(rank: communicator.rank, rankCount: communicator.rankCount) {
            try communicator.sum($0)
        }
        let rows = try plan.binnedRows(ranks)
        self.rows = rows
        try communicator.agreeing {
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount,
                more: TreeGrower.histogramByteCount(for: rows))
        }
        model = TreeModel(plan.model)
        // Files of a run are for rank 0 alone to read: it tells the others what they hold.
        growth = try communicator.restored(point, into: model)
    }

    /// Grows the next level of the tree; every rank has to call it.
    ///
    /// - Throws: `Failure` if the message-passing system reports an error.
    func grow() throws {
        let grower = try self.grower ?? nextGrower()
        self.grower = grower
        _ = try grower.growLevel()
        growth = grower.growth
    }

    private func nextGrower() throws -> TreeGrower {
        let number = model.ensemble.trees.count
        return try TreeGrower(
            growth, rows: rows, settings: plan.settings, weights: plan.weights(ofTree: number),
            key: plan.key(ofTree: number), ranks: ranks)
    }

    /// Adds the tree, which has grown up, to the model, and goes to the next one.
    func endTree() {
        model.append(growth.tree)
        growth = TreeGrowth(for: model.ensemble.task)
        grower = nil
    }

    /// The fingerprints of the tree that the last level belongs to; none before the first level.
    var fingerprints: [UInt32] {
        let tree = growth.tree.nodeCount > 0 ? growth.tree : model.ensemble.trees.last
        return tree.map(TreeFingerprints.values) ?? []
    }
}
