import Communication
import Diagnostics
import Foundation
import Trees

extension Communicator {
    /// Gives all ranks the trees of a checkpoint, and the one that was growing.
    ///
    /// Every rank has to call it. Rank 0 alone reads the files, which others may not see.
    ///
    /// - Parameters:
    ///   - point: The checkpoint; nil for a new run.
    ///   - model: Where the trees go.
    /// - Returns: How far the growing tree is.
    /// - Throws: `AgreedFailure` with `badData` if they are not those of the checkpoint's state.
    func restored(_ point: ResumePoint?, into model: TreeModel) throws -> TreeGrowth {
        guard let point else { return TreeGrowth(for: model.ensemble.task) }
        let stored = try fromRankZero { try StoredTrees(point, for: model) }
        return try agreeing { try stored.restore(model) }
    }
}

/// Trees on their way from rank 0 to the others.
private struct StoredTrees: Codable {
    private let integers: [String: [Int64]]
    private let floats: [String: [UInt32]]
    private let openStart: Int
    private let depth: Int

    /// Reads the files of a checkpoint.
    init(_ point: ResumePoint, for model: TreeModel) throws {
        let copy = TreeModel(model.description)
        try copy.readTrees(from: point.path + "/" + Checkpoint.modelFile)
        let found = copy.sha256()
        guard found == point.state.parametersSHA256 else {
            throw Failure(
                .badData, in: point.path,
                expected: "parameters sha256:\(point.state.parametersSHA256)",
                found: "sha256:\(found)")
        }
        let growth = try TreeGrowthFile(
            contentsOf: point.path + "/" + Checkpoint.optimizerFile, for: model
        ).growth
        let growing = growth.tree.nodeCount > 0 ? [growth.tree] : []
        try point.state.progress.check(
            treeCount: copy.ensemble.trees.count, isGrowing: !growing.isEmpty,
            path: point.path + "/" + Checkpoint.stateFile)
        var (integers, floats) = ([String: [Int64]](), [String: [UInt32]]())
        for (name, elements) in TreeTensors(copy.ensemble.trees + growing).elements {
            switch elements {
            case .integers(let values): integers[name] = values
            // Bits, since text has no infinities.
            case .floats(let values): floats[name] = values.map(\.bitPattern)
            }
        }
        (self.integers, self.floats) = (integers, floats)
        (openStart, depth) = growing.isEmpty ? (-1, 0) : (growth.openStart, growth.depth)
    }

    /// Adds the trees to a model.
    func restore(_ model: TreeModel) throws -> TreeGrowth {
        var elements = integers.mapValues { TreeElements.integers($0) }
        for (name, bits) in floats {
            elements[name] = .floats(bits.map { Float(bitPattern: $0) })
        }
        var trees = try TreeTensors(elements).trees(
            outputCount: model.ensemble.outputCount, featureCount: model.ensemble.featureCount,
            file: "message of rank 0")
        let growing = openStart >= 0 ? trees.popLast() : nil
        for tree in trees { model.append(tree) }
        guard let growing else { return TreeGrowth(for: model.ensemble.task) }
        return TreeGrowth(resuming: growing, openStart: openStart, depth: depth)
    }
}

extension RunStart {
    /// Describes a run that is about to grow its next level.
    init(_ plan: TreePlan, _ session: RunSession, memory: Int) {
        let (communicator, step) = (session.communicator, session.progress.step)
        self.init(
            configuration: plan.configuration, rankCount: communicator.rankCount,
            hostCount: communicator.placement.hostCount, parameterCount: 0,
            trainingImageCount: plan.training.rowCount,
            validationImageCount: plan.validation.rowCount,
            batchSize: plan.training.rowCount, stepsPerEpoch: 0,
            totalSteps: step, resumedStep: step, resumedFrom: session.resumePoint?.path,
            memoryByteCount: memory)
    }
}
