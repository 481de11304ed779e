/// How the gradients of all microbatches become one sum.
public enum ReductionMethod: String, Sendable, Hashable, CaseIterable {
    /// Along a fixed tree over microbatches: the same bits for any number of ranks.
    case tree
    /// One microbatch after the other on each rank, then the MPI library's sum over ranks, whose
    /// order depends on the number of ranks. For comparison.
    case mpi
}

/// The sum of one slab of floats for each of V leaves, which are spread over the ranks of a group.
///
/// Leaves are microbatches: rank r owns those of `leaves`, adds each with `add(_:)` in order, and all
/// ranks get the sum from `finish(into:)`. After that the next step begins. With `.tree` the result
/// has the same bits for any number of ranks, with or without leaves. Memory is allocated at
/// creation only: about log₂ V slabs, plus a message of 1 MiB.
public final class TreeReduction {
    /// The leaves that this rank owns, by `BalancedPartition`.
    public var leaves: Range<Int> { accumulator.schedule.leaves }
    /// The number of floats in a slab.
    public var elementCount: Int { accumulator.slabs.elementCount }
    /// How the sum is made.
    public let method: ReductionMethod

    private static let tag = 32_001
    /// 1 MiB: what is received is still in the cache when it is added.
    private static let pieceCount = 1 << 18

    private let communicator: any Communicator
    private let accumulator: TreeAccumulator
    private let message: SlabPool

    /// Plans the sum and allocates its memory.
    ///
    /// - Parameters:
    ///   - leafCount: The number V of leaves on all ranks, at least 1.
    ///   - elementCount: The number of floats in a slab.
    ///   - method: How the sum is made.
    ///   - communicator: The group; all its ranks make this object with the same arguments.
    public init(
        leafCount: Int, elementCount: Int, method: ReductionMethod = .tree,
        communicator: any Communicator
    ) {
        self.communicator = communicator
        self.method = method
        let tree = TreeSchedule(
            leafCount: leafCount, rank: communicator.rank, rankCount: communicator.rankCount)
        let schedule =
            switch method {
            case .tree: tree
            case .mpi: TreeSchedule(sequentially: tree.leaves)
            }
        accumulator = TreeAccumulator(schedule: schedule, elementCount: elementCount)
        let receives = schedule.transfers.contains {
            if case .receive = $0 { true } else { false }
        }
        message = SlabPool(
            slabCount: receives ? 1 : 0, elementCount: min(Self.pieceCount, elementCount))
    }

    /// Adds the next of this rank's leaves.
    ///
    /// - Parameter leaf: `elementCount` floats, which may be overwritten afterwards.
    public func add(_ leaf: UnsafeBufferPointer<Float>) { accumulator.add(leaf) }

    /// Forgets the leaves added so far, to begin a step anew.
    public func reset() { accumulator.reset() }

    /// Completes the sum.
    ///
    /// Every rank has to call it, when it has added all its leaves.
    ///
    /// - Parameter result: Where the sum over all leaves goes: `elementCount` floats.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func finish(into result: UnsafeMutableBufferPointer<Float>) throws {
        precondition(
            accumulator.isComplete && result.count == elementCount,
            "a sum of \(elementCount) elements over leaves \(leaves) is asked for early or into "
                + "\(result.count)")
        switch method {
        case .tree: try finishTree(into: result)
        case .mpi: try finishSequence(into: result)
        }
        accumulator.reset()
    }

    private func finishSequence(into result: UnsafeMutableBufferPointer<Float>) throws {
        if leaves.isEmpty {
            result.update(repeating: 0)
        } else {
            _ = result.update(fromContentsOf: accumulator.slabs[0])
        }
        try communicator.sum(result)
    }

    private func finishTree(into result: UnsafeMutableBufferPointer<Float>) throws {
        for begin in stride(from: 0, to: elementCount, by: Self.pieceCount) {
            let piece = begin..<min(begin + Self.pieceCount, elementCount)
            for transfer in accumulator.schedule.transfers {
                try perform(transfer, on: piece)
            }
            let part = UnsafeMutableBufferPointer(rebasing: result[piece])
            let root = accumulator.schedule.root
            if communicator.rank == root { _ = part.update(fromContentsOf: slab(0, piece)) }
            if communicator.rankCount > 1 {
                try communicator.broadcast(UnsafeMutableRawBufferPointer(part), from: root)
            }
        }
    }

    private func perform(_ transfer: TreeSchedule.Transfer, on piece: Range<Int>) throws {
        switch transfer {
        case .add(let source, let destination):
            Communication.add(
                UnsafeBufferPointer(slab(source, piece)), into: slab(destination, piece))
        case .receive(let rank, let destination):
            let received = UnsafeMutableBufferPointer(rebasing: message[0][..<piece.count])
            try communicator.receive(into: received, from: rank, tag: Self.tag)
            Communication.add(UnsafeBufferPointer(received), into: slab(destination, piece))
        case .send(let source, let rank):
            try communicator.send(
                UnsafeBufferPointer(slab(source, piece)), to: rank, tag: Self.tag)
        }
    }

    private func slab(_ slab: Int, _ piece: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: accumulator.slabs[slab][piece])
    }
}
