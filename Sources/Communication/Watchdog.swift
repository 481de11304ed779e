import Diagnostics
import Glibc
import Synchronization

/// Sees to it that nobody waits for ever: a thread in each rank that watches the others of its host,
/// and the hosts each other.
///
/// A rank that has died, that does not run any more, or that has not come forward for too long ends
/// the job with one report: who it is, and where each of the others stands. Only one rank reports:
/// the first of those of the host that see it.
public final class Watchdog {
    /// What is wrong with a rank.
    public enum Trouble: Sendable, Hashable {
        /// Its process is gone.
        case died
        /// Its process does not run, or its host does not answer.
        case silent
        /// It runs, but has been where it is for too long.
        case stuck
    }

    /// What is told of the trouble.
    public struct Report: Sendable {
        /// Lines without a newline at the end.
        public let text: String
        /// Whether it concerns a whole host, which the launcher may wait for in vain.
        public let hostIsLost: Bool
    }

    private let watch: Watch
    private let log: OperationLog
    private let own: StatusSlot
    private let thread: JoinableThread<Bool>

    /// Begins to watch; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - hangTimeout: For how long a rank may be silent or in one place.
    ///   - end: Ends the process, with the report where this rank is to tell; called on another
    ///     thread.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public init(
        _ communicator: any Communicator, hangTimeout: Duration,
        end: @escaping @Sendable (Report?) -> Void
    ) throws {
        let group = try communicator.splitByHost()
        let memory = try Self.memory(group)
        let slots = (0..<(memory.isShared ? group.rankCount : 1)).map {
            StatusSlot(base: memory.memory.base + $0 * StatusSlot.byteCount)
        }
        let member = memory.isShared ? group.rank : 0
        own = slots[member]
        own.begin(rank: communicator.rank, host: communicator.placement.hostName)
        log = communicator.log
        log.reflect(in: own)
        let leaders = try communicator.split(color: group.rank == 0 ? 0 : 1)
        let link =
            group.rank == 0 && leaders.rankCount > 1 ? try Self.link(between: leaders) : nil
        let watch = Watch(
            memory: memory.memory, slots: slots, member: member, link: link,
            hangTimeout: hangTimeout, end: end)
        self.watch = watch
        try communicator.barrier()
        thread = JoinableThread {
            watch.run()
            return true
        }
    }

    /// Ends the watch over this rank, in order; others are told.
    public func stop() {
        log.reflect(in: nil)
        own.leave()
        watch.isEnding.store(true, ordering: .relaxed)
        _ = thread.join()
    }

    /// What hosts hear of each other by.
    ///
    /// Ranks that are no leaders know nothing of it, so that it must not fail.
    ///
    /// - Returns: The link; nil where a host has no socket, as if a firewall were in the way.
    private static func link(between leaders: any Communicator) throws -> HostLink? {
        do {
            return try HostLink(leaders: leaders)
        } catch is AgreedFailure {
            return nil
        }
    }

    /// Memory for a slot for each rank of the host, or for this rank alone where none is shared, and
    /// for the count of reports behind them.
    private static func memory(
        _ group: any Communicator
    ) throws -> (memory: SharedMemory, isShared: Bool) {
        func byteCount(_ slotCount: Int) -> Int { (slotCount + 1) * StatusSlot.byteCount }
        do {
            let all = byteCount(group.rankCount)
            let memory = try group.sharedMemory(byteCount: all, touching: [0..<all])
            return (memory, true)
        } catch is AgreedFailure {
            return (SharedMemory(ofThisProcess: byteCount(1)), false)
        }
    }
}
