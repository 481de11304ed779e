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
        var own: TreeTensors?
        let header = try fromRankZero {
            let stored = try StoredTrees(point, for: model)
            own = stored.tensors
            return stored.header
        }
        var elements: [String: TreeElements] = [:]
        for (name, count) in header.counts.sorted(by: { $0.key < $1.key }) {
            switch own?.elements[name] {
            case .integers(let values): elements[name] = .integers(try broadcast(values))
            case .floats(let values): elements[name] = .floats(try broadcast(values))
            case nil where TreeTensors.areIntegers(name):
                elements[name] = .integers(try broadcast(Array(repeating: 0, count: count)))
            case nil: elements[name] = .floats(try broadcast(Array(repeating: 0, count: count)))
            }
        }
        let tensors = TreeTensors(elements)
        return try agreeing { try header.restore(tensors, to: model) }
    }

    /// The numbers of rank 0, of which all ranks have as many.
    private func broadcast<Number: BitwiseCopyable>(_ numbers: [Number]) throws -> [Number] {
        // Messages of at most 256 MiB, as counts of some libraries are 32 bits wide.
        let largest = (1 << 28) / MemoryLayout<Number>.stride
        var result = numbers
        try result.withUnsafeMutableBufferPointer { buffer in
            for start in stride(from: 0, to: buffer.count, by: largest) {
                let end = min(start + largest, buffer.count)
                let piece = UnsafeMutableBufferPointer(rebasing: buffer[start..<end])
                try broadcast(UnsafeMutableRawBufferPointer(piece), from: 0)
            }
        }
        return result
    }
}

/// Trees of a checkpoint as rank 0 reads them, the growing one as the last.
private struct StoredTrees {
    let tensors: TreeTensors
    let header: Header

    /// What other ranks have to know before they get the numbers.
    struct Header: Codable {
        /// The numbers in each tensor.
        let counts: [String: Int]
        /// Of the last level of the growing tree the first node; -1 if no tree is growing.
        let openStart: Int
        let depth: Int
    }

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
        tensors = TreeTensors(copy.ensemble.trees + growing)
        header = Header(
            counts: tensors.elements.mapValues(\.count),
            openStart: growing.isEmpty ? -1 : growth.openStart, depth: growth.depth)
    }
}

extension StoredTrees.Header {
    /// Adds the trees to a model.
    ///
    /// - Returns: How far the growing tree is.
    fileprivate func restore(_ tensors: TreeTensors, to model: TreeModel) throws -> TreeGrowth {
        var trees = try tensors.trees(
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
