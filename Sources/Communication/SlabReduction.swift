/// The sum of one slab of floats for each of V leaves, which are spread over ranks in teams.
///
/// Leaves are microbatches. A rank writes each of its leaves where `leaf` says, tells with
/// `advance(to:)` how much of it is there, and after the last one calls `complete`. Then the sum is
/// in the memory of each team once, and each member knows its own part of it, which is a member's
/// share of the work that follows. With `.tree` the sum has the same bits for any number of ranks,
/// any teams, with or without leaves. Memory is allocated at creation only.
///
/// ```swift
/// reduction.begin(leafCount: 8)
/// for _ in reduction.leaves {
///     compute(into: reduction.leaf) { reduction.advance(to: $0) }
///     reduction.endLeaf()
/// }
/// try reduction.complete { range in use(reduction.sum + range.lowerBound, range.count) }
/// try team.meet("sum")
/// // reduction.sum is complete in the team's memory
/// ```
///
/// Between teams a slab goes in buckets from its end to its beginning, by a thread of its own if the
/// message-passing system allows one, while leaves are still computed.
public final class SlabReduction {
    /// Parts of members begin and end at multiples of this number of elements.
    public static let blockLength = 4096

    /// The number of floats in a slab.
    public let elementCount: Int
    /// How the sum is made.
    public let method: ReductionMethod
    /// The elements that this member has to do with: ranges in ascending order, which begin at
    /// multiples of `blockLength`.
    public let ownRanges: [Range<Int>]

    private let team: HostTeam
    private let division: SlabDivision
    private let plans: [Int: ReductionPlan]
    private let slabs: [[UnsafeMutablePointer<Float>]]
    private let exchange: TeamExchange?
    private var plan: ReductionPlan
    private var leafNumber = 0
    private var depth = 0
    private var bound: Int
    private var raisedCount = 0
    private var stepCount: UInt32 = 0

    /// The memory that each member needs.
    ///
    /// - Parameters:
    ///   - leafCounts: The numbers of leaves that steps will have.
    ///   - elementCount: The number of floats in a slab.
    ///   - rankCount: The number of all ranks.
    ///   - method: How the sum is made.
    /// - Returns: Floats of each slab, for `HostTeam`.
    public static func memberFloatCounts(
        leafCounts: [Int], elementCount: Int, rankCount: Int, method: ReductionMethod
    ) -> [Int] {
        let slabCount = leafCounts.map { leafCount in
            // However ranks come in teams, the position alone decides about a rank's leaves.
            schedule(leafCount, memberCounts: Array(repeating: 1, count: rankCount), method)
                .stacks.map(\.slabCount).max() ?? 1
        }.max()
        return Array(repeating: elementCount, count: slabCount ?? 1)
    }

    /// The number of flags that it needs of a `HostTeam`.
    ///
    /// - Parameter elementCount: The number of floats in a slab.
    /// - Returns: The number.
    public static func flagCount(elementCount: Int) -> Int {
        SlabDivision.largestBucketCount(elementCount: elementCount)
    }

    /// Plans the sum and takes its memory.
    ///
    /// - Parameters:
    ///   - leafCounts: The numbers of leaves that steps will have, each at least 1.
    ///   - elementCount: The number of floats in a slab.
    ///   - method: How the sum is made; with `.mpi` every team has one member.
    ///   - team: This rank's team, which has the memory announced that `memberFloatCounts` tells.
    public init(
        leafCounts: [Int], elementCount: Int, method: ReductionMethod = .tree, team: HostTeam
    ) {
        precondition(
            method == .tree || team.ranks.allSatisfy { $0.count == 1 },
            "the library's sum cannot make use of shared memory")
        self.elementCount = elementCount
        self.method = method
        self.team = team
        let memberCounts = team.ranks.map(\.count)
        division = SlabDivision(
            elementCount: elementCount, memberCounts: method == .mpi ? [1] : memberCounts)
        let sizes = Self.memberFloatCounts(
            leafCounts: leafCounts, elementCount: elementCount,
            rankCount: memberCounts.reduce(0, +), method: method)
        let bySlab = sizes.map { team.takeForEachMember($0) }
        let slabs = (0..<team.memberCount).map { member in bySlab.map { $0[member] } }
        self.slabs = slabs
        plans = Dictionary(
            uniqueKeysWithValues: Set(leafCounts).map {
                let schedule = Self.schedule($0, memberCounts: memberCounts, method)
                return ($0, ReductionPlan(schedule, team: team, slabs: slabs))
            })
        guard let plan = plans[leafCounts[0]] else { preconditionFailure("no numbers of leaves") }
        self.plan = plan
        bound = elementCount
        ownRanges = Self.ranges(
            division, method == .mpi ? [0] : division.lanes(ofMember: team.member, team: team.index)
        )
        exchange =
            method == .tree && memberCounts.count > 1
            ? TeamExchange(team, division: division, plans: Array(plans.values), sum: slabs[0][0])
            : nil
    }

    /// The leaves that this rank owns, in the order in which it adds them.
    public var leaves: Range<Int> { plan.stack.leaves }
    /// Where the next leaf goes: `elementCount` floats.
    public var leaf: UnsafeMutablePointer<Float> { slabs[team.member][depth] }
    /// The sum after `complete`: `elementCount` floats in the team's memory, of which this member
    /// has made `ownRanges`.
    public var sum: UnsafeMutablePointer<Float> { slabs[0][0] }

    /// Begins a step.
    ///
    /// - Parameter leafCount: The number of leaves on all ranks, one of those announced.
    public func begin(leafCount: Int) {
        guard let plan = plans[leafCount] else {
            preconditionFailure("a step of \(leafCount) leaves was not announced")
        }
        self.plan = plan
        leafNumber = 0
        depth = 0
        bound = elementCount
        raisedCount = 0
        stepCount &+= 1
        exchange?.begin(plan, step: stepCount)
        if leaves.isEmpty { raiseFlags() }
    }

    /// Tells that the current leaf is complete from an element on.
    ///
    /// - Parameter element: The first of the elements that are complete, not above the last one told.
    public func advance(to element: Int) {
        precondition(
            element <= bound && leafNumber < leaves.count,
            "elements from \(element) on of leaf \(leafNumber) of \(leaves.count), after \(bound)")
        for merge in 0..<plan.stack.mergeCounts[leafNumber] {
            let own = slabs[team.member]
            add(
                own[depth - merge] + element, into: own[depth - merge - 1] + element,
                count: bound - element)
        }
        bound = element
        if leafNumber == leaves.count - 1 { raiseFlags() }
    }

    /// Ends the current leaf, of which then all is complete.
    public func endLeaf() {
        advance(to: 0)
        depth += 1 - plan.stack.mergeCounts[leafNumber]
        leafNumber += 1
        if leafNumber < leaves.count { bound = elementCount }
    }

    /// Completes this member's part of the sum.
    ///
    /// Every rank has to call it, after all its leaves.
    ///
    /// - Parameter body: Called with parts of `ownRanges`, of at most `blockLength` elements beginning
    ///   at multiples of it, once the sum is there.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func complete(_ body: (Range<Int>) -> Void) throws {
        precondition(leafNumber == leaves.count, "a sum is asked for before all leaves are there")
        if method == .mpi {
            if leaves.isEmpty { sum.update(repeating: 0, count: elementCount) }
            try team.communicator.sum(UnsafeMutableBufferPointer(start: sum, count: elementCount))
        } else if let exchange {
            try exchange.finish()
        } else {
            try team.meet("gradients")
        }
        for range in ownRanges {
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockLength)
            {
                let block = begin..<min(begin + Self.blockLength, range.upperBound)
                if exchange == nil { plan.addWithinTeam(block) }
                body(block)
            }
        }
    }

    /// Raises the flags of the buckets that this rank has nothing to add to any more.
    private func raiseFlags() {
        guard exchange != nil else { return }
        let buckets = division.buckets
        while raisedCount < buckets.count,
            leaves.isEmpty || buckets[raisedCount].lowerBound >= bound
        {
            team.raise(flag: raisedCount)
            raisedCount += 1
        }
    }

    private static func ranges(_ division: SlabDivision, _ lanes: [Int]) -> [Range<Int>] {
        division.buckets.reversed().flatMap { bucket in
            lanes.map { division.lane($0, of: bucket) }.filter { !$0.isEmpty }
        }
    }

    private static func schedule(
        _ leafCount: Int, memberCounts: [Int], _ method: ReductionMethod
    ) -> TreeSchedule {
        switch method {
        case .tree: TreeSchedule(leafCount: leafCount, memberCounts: memberCounts)
        case .mpi: TreeSchedule(sequentially: leafCount, rankCount: memberCounts.reduce(0, +))
        }
    }
}
