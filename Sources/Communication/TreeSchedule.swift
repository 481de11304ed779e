/// How leaves are added up along a fixed binary tree by ranks that come in teams.
///
/// The tree over n leaves has a left child over the first ⌈n/2⌉ and a right child over the rest. It
/// depends on the number of leaves alone, and floating-point addition is commutative, so the sum's
/// bits do not depend on who adds what. Leaves are divided by `BalancedPartition` over the ranks,
/// counted through team by team. A node whose leaves all lie on one rank is added there, one whose
/// leaves lie in one team within that team, and what is left is added across teams.
struct TreeSchedule {
    /// One rank's part: how it adds its own leaves, which lie in slabs as on a stack.
    struct Stack: Equatable {
        /// The leaves that the rank owns.
        var leaves: Range<Int>
        /// For each own leaf how many nodes are complete with it: so often the two uppermost slabs
        /// become one.
        var mergeCounts: [Int] = []
        /// The first leaves of the nodes that are left at the end, slab by slab.
        var nodes: [Int] = []

        /// The largest number of slabs at a time, at least 1.
        var slabCount: Int {
            var depth = 0
            var deepest = 1
            for mergeCount in mergeCounts {
                deepest = max(deepest, depth + 1)
                depth += 1 - mergeCount
            }
            return deepest
        }
    }

    /// An addition of two neighbouring nodes, named by their first leaves; the sum is the left one's
    /// from then on.
    struct Addition: Equatable {
        var left: Int
        var right: Int
    }

    /// The number of leaves.
    let leafCount: Int
    /// The ranks' own parts, by position.
    let stacks: [Stack]
    /// What each team adds within, in order.
    let within: [[Addition]]
    /// The first leaves of the nodes that each team is left with.
    let nodes: [[Int]]
    /// What is added across teams, in order.
    let across: [Addition]

    /// Plans the sum.
    ///
    /// - Parameters:
    ///   - leafCount: The number of leaves on all ranks, at least 1.
    ///   - memberCounts: The number of ranks in each team.
    init(leafCount: Int, memberCounts: [Int]) {
        precondition(leafCount > 0, "a tree has at least 1 leaf, got \(leafCount)")
        var walk = Walk(leafCount: leafCount, memberCounts: memberCounts)
        walk.visit(0..<leafCount)
        self.leafCount = leafCount
        stacks = walk.stacks
        within = walk.within
        across = walk.across
        nodes = walk.nodes
    }

    /// The schedule that adds leaf after leaf into one slab on each rank, for sums that others
    /// finish.
    ///
    /// - Parameters:
    ///   - leafCount: The number of leaves on all ranks.
    ///   - rankCount: The number of ranks, each a team of its own.
    init(sequentially leafCount: Int, rankCount: Int) {
        self.leafCount = leafCount
        stacks = (0..<rankCount).map {
            let leaves = BalancedPartition.range(of: $0, outOf: rankCount, count: leafCount)
            return Stack(
                leaves: leaves, mergeCounts: leaves.map { $0 == leaves.lowerBound ? 0 : 1 },
                nodes: leaves.isEmpty ? [] : [leaves.lowerBound])
        }
        within = Array(repeating: [], count: rankCount)
        nodes = stacks.map(\.nodes)
        across = []
    }
}

/// The state of a walk over the tree, children before parents, left before right.
private struct Walk {
    let leafCount: Int
    /// For each position its team.
    let teams: [Int]
    var stacks: [TreeSchedule.Stack]
    var within: [[TreeSchedule.Addition]]
    var nodes: [[Int]]
    var across: [TreeSchedule.Addition] = []

    init(leafCount: Int, memberCounts: [Int]) {
        let teams = memberCounts.indices.flatMap { team in
            Array(repeating: team, count: memberCounts[team])
        }
        self.teams = teams
        self.leafCount = leafCount
        stacks = teams.indices.map {
            TreeSchedule.Stack(
                leaves: BalancedPartition.range(of: $0, outOf: teams.count, count: leafCount))
        }
        for index in stacks.indices {
            stacks[index].mergeCounts = Array(repeating: 0, count: stacks[index].leaves.count)
        }
        within = Array(repeating: [], count: memberCounts.count)
        nodes = within.map { _ in [] }
    }

    private func owner(_ leaf: Int) -> Int {
        BalancedPartition.part(of: leaf, outOf: teams.count, count: leafCount)
    }

    /// - Parameters:
    ///   - node: Its leaves.
    ///   - isInTeam: Whether a node above lies within one team.
    mutating func visit(_ node: Range<Int>, isInTeam: Bool = false) {
        let first = owner(node.lowerBound)
        let last = owner(node.upperBound - 1)
        let team = teams[first]
        let fits = team == teams[last]
        if fits && !isInTeam { nodes[team].append(node.lowerBound) }
        if first == last {
            stacks[first].nodes.append(node.lowerBound)
            countMerges(node, on: first)
            return
        }
        let middle = node.lowerBound + (node.count + 1) / 2
        visit(node.lowerBound..<middle, isInTeam: fits)
        visit(middle..<node.upperBound, isInTeam: fits)
        let addition = TreeSchedule.Addition(left: node.lowerBound, right: middle)
        if fits { within[team].append(addition) } else { across.append(addition) }
    }

    /// Counts the inner nodes of a node that lies on one rank by their last leaves.
    private mutating func countMerges(_ node: Range<Int>, on position: Int) {
        if node.count == 1 { return }
        stacks[position].mergeCounts[node.upperBound - 1 - stacks[position].leaves.lowerBound] += 1
        let middle = node.lowerBound + (node.count + 1) / 2
        countMerges(node.lowerBound..<middle, on: position)
        countMerges(middle..<node.upperBound, on: position)
    }
}
