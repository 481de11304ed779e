import CSync
import Diagnostics
import Glibc

/// The ranks of one host that share one copy of the model, and how all ranks form such teams.
///
/// Ranks are counted through team by team: `position` is what decides which microbatches a rank
/// owns, so that those of a team lie in a row wherever the launcher put its ranks. Where memory
/// cannot be shared, each rank is a team of its own and everything goes on by messages.
///
/// All members take memory in the same order with the same sizes.
public final class HostTeam {
    /// The ranks of each team, ascending, teams in the order of their first ranks.
    public let ranks: [[Int]]
    /// Which of `ranks` this rank's team is.
    public let index: Int
    /// This rank among those of its team.
    public let member: Int
    /// Why ranks of a host do not share memory though they should; nil if all do.
    public let obstacle: String?
    /// The first members of all teams, who exchange what a team has one of; nil on other members.
    public let leaders: (any Communicator)?
    /// All ranks.
    public let communicator: any Communicator

    private let memory: SharedMemory
    private let flagCount: Int
    private let sharedEnd: Int
    private let memberStride: Int
    private var sharedOffset: Int
    private var memberOffset = 0
    private var meetingCount: UInt32 = 0

    /// The number of members of this rank's team.
    public var memberCount: Int { ranks[index].count }
    /// This rank in the order of teams and members.
    public var position: Int { ranks[..<index].reduce(0) { $0 + $1.count } + member }

    /// How often a member looks before it sleeps: some ten microseconds, which spare a sleep where
    /// everybody is about to arrive; not at all if another member needs the processor for that.
    private let spinCount: UInt32
    private static let patience: UInt64 = 50_000_000
    private static let cacheLine = 64

    /// Forms the teams; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - sharesMemory: Whether ranks of a host come together; otherwise each rank is alone.
    ///   - sharedFloatCounts: The sizes of all memory that will be taken by `takeShared`.
    ///   - memberFloatCounts: The sizes of all memory that will be taken by `takeForEachMember`.
    ///   - flagCount: The number of flags.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public init(
        _ communicator: any Communicator, sharesMemory: Bool = true, sharedFloatCounts: [Int],
        memberFloatCounts: [Int], flagCount: Int = 0
    ) throws {
        self.communicator = communicator
        self.flagCount = flagCount
        let group = try communicator.splitByHost()
        let sizes = Sizes(
            memberCount: sharesMemory ? group.rankCount : 1, flagCount: flagCount,
            shared: sharedFloatCounts, forEachMember: memberFloatCounts)
        var memory: SharedMemory?
        var obstacle: String?
        if sharesMemory && group.rankCount > 1 {
            do {
                memory = try group.sharedMemory(
                    byteCount: sizes.total, touching: sizes.parts(of: group.rank))
            } catch let failure as AgreedFailure {
                obstacle = failure.entries.first.map { "\($0.failure)" }
            }
        }
        // The first host's that has one: rank 0 tells, and may be on another host.
        let obstacles = try communicator.allGather(Array((obstacle ?? "").utf8))
        self.obstacle = obstacles.first { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
        ranks = try Self.teams(communicator, group, isShared: memory != nil)
        let own = ranks.firstIndex { $0.contains(communicator.rank) } ?? 0
        index = own
        member = ranks[own].firstIndex(of: communicator.rank) ?? 0
        let alone = Sizes(
            memberCount: 1, flagCount: flagCount, shared: sharedFloatCounts,
            forEachMember: memberFloatCounts)
        sharedOffset = Self.controlByteCount(memberCount: ranks[own].count, flagCount: flagCount)
        (sharedEnd, memberStride) = memory == nil ? alone.areas : sizes.areas
        self.memory = memory ?? SharedMemory(ofThisProcess: alone.total)
        spinCount = ranks[own].count <= sysconf(Int32(_SC_NPROCESSORS_ONLN)) ? 2000 : 0
        let part = try communicator.split(color: member == 0 ? 0 : 1)
        leaders = member == 0 ? part : nil
    }

    /// For each team its ranks.
    private static func teams(
        _ communicator: any Communicator, _ group: any Communicator, isShared: Bool
    ) throws -> [[Int]] {
        var leader = communicator.rank
        try withUnsafeMutableBytes(of: &leader) { try group.broadcast($0, from: 0) }
        if !isShared { leader = communicator.rank }
        let leaders = try communicator.allGather(withUnsafeBytes(of: leader) { Array($0) }).map {
            $0.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
        }
        return Set(leaders).sorted().map { leader in
            leaders.indices.filter { leaders[$0] == leader }
        }
    }

    /// Takes memory that all members read and write.
    ///
    /// - Parameter count: The number of floats; one of `sharedFloatCounts`.
    /// - Returns: The first float, aligned to a cache line; valid as long as this object is.
    public func takeShared(_ count: Int) -> UnsafeMutablePointer<Float> {
        let start = memory.base + sharedOffset
        sharedOffset += Sizes.byteCount(count)
        precondition(sharedOffset <= sharedEnd, "more shared memory is taken than was announced")
        return start.bindMemory(to: Float.self, capacity: count)
    }

    /// Takes memory of the same size for each member, which the others can read and write too.
    ///
    /// - Parameter count: The number of floats for a member; one of `memberFloatCounts`.
    /// - Returns: The first floats by member, as `takeShared`.
    public func takeForEachMember(_ count: Int) -> [UnsafeMutablePointer<Float>] {
        let offset = sharedEnd + memberOffset
        memberOffset += Sizes.byteCount(count)
        precondition(memberOffset <= memberStride, "more memory is taken than was announced")
        return (0..<memberCount).map {
            (memory.base + offset + $0 * memberStride).bindMemory(to: Float.self, capacity: count)
        }
    }

    /// Waits until every member is here; what each wrote before is then visible to all.
    ///
    /// - Parameter operation: What is waited for, for reports.
    /// - Throws: An error if a member is known to have failed.
    public func meet(_ operation: String) throws {
        guard memberCount > 1 else { return }
        let arrivals = word(0)
        let generation = word(1)
        meetingCount &+= 1
        csync_store(word(2 + flagCount + member), meetingCount)
        if csync_add(arrivals, 1) == meetingCount &* UInt32(memberCount) {
            csync_store(generation, meetingCount)
            csync_wake_all(generation)
            return
        }
        try communicator.log.perform(operation) {
            try wait(generation, toReach: meetingCount)
        }
    }

    /// Raises a flag by one.
    ///
    /// - Parameter flag: Which.
    func raise(flag: Int) {
        _ = csync_add(word(2 + flag), 1)
        csync_wake_all(word(2 + flag))
    }

    /// Waits until a flag was raised so many times by all members together since the start.
    ///
    /// - Parameters:
    ///   - flag: Which.
    ///   - count: How many times, modulo 2³².
    /// - Throws: An error if a member is known to have failed.
    func wait(forFlag flag: Int, toReach count: UInt32) throws {
        try wait(word(2 + flag), toReach: count)
    }

    private func wait(_ word: UnsafeMutablePointer<UInt32>, toReach count: UInt32) throws {
        while true {
            let seen = csync_load(word)
            // The difference, since counts wrap around.
            if Int32(bitPattern: seen &- count) >= 0 { return }
            csync_wait(word, seen, spinCount, Self.patience)
            if csync_load(word) == seen { try communicator.checkAlive() }
        }
    }

    /// A word of the control area: arrivals, generation, the flags, each member's arrivals.
    private func word(_ number: Int) -> UnsafeMutablePointer<UInt32> {
        (memory.base + number * Self.cacheLine).assumingMemoryBound(to: UInt32.self)
    }

    private static func controlByteCount(memberCount: Int, flagCount: Int) -> Int {
        (2 + flagCount + memberCount) * cacheLine
    }

    /// Where the areas of a team's memory lie.
    private struct Sizes {
        let memberCount: Int
        /// Where the memory for all ends, and the bytes of each member's own.
        let areas: (sharedEnd: Int, memberStride: Int)

        init(memberCount: Int, flagCount: Int, shared: [Int], forEachMember own: [Int]) {
            self.memberCount = memberCount
            let control = HostTeam.controlByteCount(memberCount: memberCount, flagCount: flagCount)
            areas = (
                Self.whole(shared.reduce(control) { $0 + Self.byteCount($1) }),
                Self.whole(own.reduce(0) { $0 + Self.byteCount($1) })
            )
        }

        var total: Int { areas.sharedEnd + memberCount * areas.memberStride }

        /// What a member reserves: its own area, and a share of what belongs to all.
        func parts(of member: Int) -> [Range<Int>] {
            let pages = areas.sharedEnd / SharedMemory.alignment
            let share = BalancedPartition.range(of: member, outOf: memberCount, count: pages)
            let own = areas.sharedEnd + member * areas.memberStride
            return [
                share.lowerBound * SharedMemory.alignment..<share.upperBound
                    * SharedMemory.alignment,
                own..<own + areas.memberStride,
            ]
        }

        /// Whole cache lines.
        static func byteCount(_ floatCount: Int) -> Int { (floatCount * 4 + 63) & ~63 }

        /// Whole huge pages where it fills some, else whole small ones are enough; but parts of
        /// ranks must not meet in a page.
        private static func whole(_ byteCount: Int) -> Int {
            (byteCount + SharedMemory.alignment - 1) & ~(SharedMemory.alignment - 1)
        }
    }
}
