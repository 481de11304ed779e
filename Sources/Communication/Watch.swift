import CSync
import Diagnostics
import Glibc
import Synchronization

/// What a `Watchdog` does on its thread.
///
/// Unchecked because the thread alone touches its state, but for `isEnding`.
final class Watch: @unchecked Sendable {
    let isEnding = Atomic<Bool>(false)

    /// A tenth of a second: a launcher that sees a process die gives the others about a second.
    private static let interval: UInt32 = 100_000
    /// Others of the host see a silent rank first, then other hosts do, in turn; and that everybody
    /// waits is told by the first host, which knows of all.
    private static let grace = Duration.seconds(2)

    private let memory: SharedMemory
    private let slots: [StatusSlot]
    private let reportCount: UnsafeMutablePointer<UInt32>
    private let member: Int
    private let link: HostLink?
    private let hangTimeout: Duration
    private let end: @Sendable (Watchdog.Report?) -> Void
    private var told: ContinuousClock.Instant?
    private var lastTurn = ContinuousClock.now
    private var quietUntil = ContinuousClock.now

    /// After a longer pause this process itself was suspended, and so may the others have been.
    private static let longestTurn = Duration.seconds(5)

    init(
        memory: SharedMemory, slots: [StatusSlot], member: Int, link: HostLink?,
        hangTimeout: Duration, end: @escaping @Sendable (Watchdog.Report?) -> Void
    ) {
        self.memory = memory
        self.slots = slots
        reportCount = (memory.base + slots.count * StatusSlot.byteCount)
            .assumingMemoryBound(to: UInt32.self)
        self.member = member
        self.link = link
        self.hangTimeout = hangTimeout
        self.end = end
    }

    /// Watches until the end.
    func run() {
        while !isEnding.load(ordering: .relaxed) {
            notePause()
            slots[member].sign()
            let statuses = slots.compactMap { $0.read() }
            link?.exchange(statuses)
            if let (culprit, trouble) = trouble(statuses), csync_add(reportCount, 1) == 1 {
                let others = statuses + (link?.remote ?? [])
                end(
                    Watchdog.Report(
                        text: HangReport.text(culprit, trouble, others: others),
                        hostIsLost: !statuses.contains { $0.rank == culprit.rank }))
                return
            }
            if isAbandoned() {
                end(nil)
                return
            }
            usleep(Self.interval)
        }
        link?.exchange(slots.compactMap { $0.read() })
    }

    /// Gives others time to come forward if all of them were suspended, as schedulers do.
    private func notePause() {
        let now = ContinuousClock.now
        if now - lastTurn > Self.longestTurn { quietUntil = now + hangTimeout + Self.grace * 2 }
        lastTurn = now
    }

    /// Who is in trouble, if this rank is the one to tell.
    private func trouble(_ statuses: [RankStatus]) -> (RankStatus, Watchdog.Trouble)? {
        // Somebody of this host has told, and the launcher is ending the others.
        if csync_load(reportCount) > 0 { return nil }
        let own = slots[member].read()?.rank
        let others = statuses.filter { $0.rank != own && !$0.hasLeft }
        if let dead = others.first(where: hasDied) {
            return isFirst(statuses, besides: hasDied) ? (dead, .died) : nil
        }
        guard ContinuousClock.now >= quietUntil else { return nil }
        if let silent = others.first(where: { $0.sinceSign > hangTimeout }) {
            let isFirst = isFirst(statuses, besides: { $0.sinceSign > self.hangTimeout })
            return isFirst ? (silent, .silent) : nil
        }
        if let silent = link?.silentHost(for: hangTimeout + Self.grace) { return (silent, .silent) }
        guard link?.isFirstHost ?? true, isFirst(statuses, besides: { _ in false }) else {
            return nil
        }
        let all = (statuses + (link?.remote ?? [])).filter { !$0.hasLeft }
        let isStuck = all.allSatisfy { $0.sinceChange > hangTimeout + Self.grace * 2 }
        guard isStuck, !all.isEmpty else { return nil }
        // Who is in no operation keeps the others waiting.
        return (all.first { $0.operation.isEmpty } ?? all[0], .stuck)
    }

    /// Whether another rank has told, and the launcher did not end this one since then.
    private func isAbandoned() -> Bool {
        guard csync_load(reportCount) > 0 else { return false }
        let now = ContinuousClock.now
        let first = told ?? now
        told = first
        return now - first > Self.grace
    }

    /// Whether no other rank of the host is to tell before this one.
    private func isFirst(
        _ statuses: [RankStatus], besides isExcluded: (RankStatus) -> Bool
    ) -> Bool {
        statuses.first { !$0.hasLeft && !isExcluded($0) }?.rank == slots[member].read()?.rank
    }

    private func hasDied(_ status: RankStatus) -> Bool {
        status.processIsVisible && !isRunning(status.process)
    }

    /// Whether a process of this host is there and no mere entry in the table of processes.
    private func isRunning(_ process: Int32) -> Bool {
        if kill(process, 0) != 0 && errno == ESRCH { return false }
        guard let file = fopen("/proc/\(process)/stat", "r") else { return errno != ENOENT }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return false }
        // The state follows the name, which is in parentheses and may hold any character.
        let text = line.prefix { $0 != 0 }
        guard let close = text.lastIndex(of: CChar(UInt8(ascii: ")"))), close + 2 < text.count
        else { return true }
        return !["Z", "X"].contains(UnicodeScalar(UInt8(bitPattern: text[close + 2])))
    }
}
