/// One rank's part in adding up leaves along a fixed binary tree.
///
/// The tree over n leaves has a left child over the first ⌈n/2⌉ and a right child over the rest. It
/// depends on the number of leaves alone, and floating-point addition is commutative, so the sum's
/// bits do not depend on who adds what. Leaves are divided by `BalancedPartition`. A node whose
/// leaves all lie on one rank is added there; another one by the owner of its first leaf.
struct TreeSchedule: Equatable {
    /// What a rank does with its partial sums, each in a numbered slab, once it has all its leaves.
    enum Transfer: Equatable {
        /// Adds one of the own slabs to another.
        case add(slab: Int, into: Int)
        /// Adds what another rank sends to an own slab.
        case receive(from: Int, into: Int)
        /// Sends an own slab, which is not needed any more.
        case send(slab: Int, to: Int)
    }

    /// The leaves that the rank owns.
    let leaves: Range<Int>
    /// For each own leaf how many nodes are complete with it: so often the last two partial sums
    /// become one, the leaf itself being the last one at first.
    let mergeCounts: [Int]
    /// The largest number of partial sums at a time.
    let slabCount: Int
    /// What is left to do after the own leaves, in an order that all ranks share.
    let transfers: [Transfer]
    /// The rank that gets the whole sum, in slab 0.
    let root: Int

    /// Plans the sum for one rank.
    ///
    /// - Parameters:
    ///   - leafCount: The number of leaves on all ranks, at least 1.
    ///   - rank: Whose part.
    ///   - rankCount: The number of ranks, of which the last may own no leaves.
    init(leafCount: Int, rank: Int, rankCount: Int) {
        precondition(leafCount > 0, "a tree has at least 1 leaf, got \(leafCount)")
        leaves = BalancedPartition.range(of: rank, outOf: rankCount, count: leafCount)
        root = BalancedPartition.part(of: 0, outOf: rankCount, count: leafCount)
        var plan = Plan(rank: rank, leaves: leaves) {
            BalancedPartition.part(of: $0, outOf: rankCount, count: leafCount)
        }
        plan.visit(0..<leafCount)
        mergeCounts = plan.mergeCounts
        transfers = plan.transfers
        var depth = 0
        var deepest = 0
        for mergeCount in mergeCounts {
            // A leaf that completes a node is added where it is and takes no slab.
            depth += 1 - mergeCount
            deepest = max(deepest, depth)
        }
        slabCount = deepest
    }

    /// The schedule that adds leaf after leaf into one slab, for sums that others finish.
    ///
    /// - Parameter leaves: The leaves that the rank owns.
    init(sequentially leaves: Range<Int>) {
        self.leaves = leaves
        mergeCounts = leaves.indices.map { $0 == leaves.startIndex ? 0 : 1 }
        slabCount = leaves.isEmpty ? 0 : 1
        transfers = []
        root = 0
    }
}

/// The state of a walk over the tree, children before parents, left before right.
private struct Plan {
    let rank: Int
    let leaves: Range<Int>
    let owner: (Int) -> Int
    var mergeCounts: [Int]
    var transfers: [TreeSchedule.Transfer] = []
    /// The first leaves of the largest nodes that lie in this rank: slab by slab.
    private var firstLeaves: [Int] = []

    init(rank: Int, leaves: Range<Int>, owner: @escaping (Int) -> Int) {
        self.rank = rank
        self.leaves = leaves
        self.owner = owner
        mergeCounts = Array(repeating: 0, count: leaves.count)
    }

    mutating func visit(_ node: Range<Int>) {
        let first = owner(node.lowerBound)
        if first == owner(node.upperBound - 1) {
            guard first == rank else { return }
            firstLeaves.append(node.lowerBound)
            countMerges(node)
            return
        }
        let middle = node.lowerBound + (node.count + 1) / 2
        visit(node.lowerBound..<middle)
        visit(middle..<node.upperBound)
        let second = owner(middle)
        if first == rank && second == rank {
            transfers.append(.add(slab: slab(of: middle), into: slab(of: node.lowerBound)))
        } else if first == rank {
            transfers.append(.receive(from: second, into: slab(of: node.lowerBound)))
        } else if second == rank {
            transfers.append(.send(slab: slab(of: middle), to: first))
        }
    }

    /// Counts the inner nodes of a node that lies in this rank by their last leaves.
    private mutating func countMerges(_ node: Range<Int>) {
        if node.count == 1 { return }
        mergeCounts[node.upperBound - 1 - leaves.lowerBound] += 1
        let middle = node.lowerBound + (node.count + 1) / 2
        countMerges(node.lowerBound..<middle)
        countMerges(middle..<node.upperBound)
    }

    private func slab(of firstLeaf: Int) -> Int {
        guard let slab = firstLeaves.firstIndex(of: firstLeaf) else {
            preconditionFailure("no partial sum of rank \(rank) begins at leaf \(firstLeaf)")
        }
        return slab
    }
}
