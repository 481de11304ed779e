import Synchronization

/// What a rank's communicator is doing now, readable from another thread: a watchdog that finds an
/// operation unfinished for too long can say which one, at which step of which phase.
public final class OperationLog: Sendable {
    /// A moment's answer.
    public struct Entry: Sendable, Hashable {
        /// What the program is about, as in "training"; set by the program.
        public var phase: String
        /// The optimizer step or another count within the phase; set by the program.
        public var step: Int
        /// The operation in which the rank is, or nil between operations.
        public var operation: String?
        /// The number of elements that the operation deals with.
        public var elementCount: Int
        /// The number of operations entered so far.
        ///
        /// Ranks whose numbers differ for long have lost each other.
        public var operationCount: Int
        /// When the operation was entered, or the last one left.
        public var since: ContinuousClock.Instant
    }

    private struct State {
        var entry: Entry
        /// Where others can read it.
        var mirror: StatusSlot?
        var watcher: (@Sendable (_ phase: String, _ step: Int) -> Bool)?

        func reflect() {
            mirror?.write(entry.phase, step: entry.step, operation: entry.operation)
        }
    }

    private let state: Mutex<State>

    /// Begins with no operation, in the phase "start", step 0.
    public init() {
        state = Mutex(
            State(
                entry: Entry(
                    phase: "start", step: 0, operation: nil, elementCount: 0, operationCount: 0,
                    since: .now)))
    }

    /// What is going on.
    public var current: Entry { state.withLock { $0.entry } }

    /// Writes every change into a slot from now on, or into none.
    func reflect(in slot: StatusSlot?) {
        state.withLock {
            $0.mirror = slot
            $0.reflect()
        }
    }

    /// Notes what the program is about from now on.
    ///
    /// - Parameters:
    ///   - phase: Its name, a literal where steps are short: those cost no allocation.
    ///   - step: The optimizer step or another count within it.
    public func enter(phase: String, step: Int) {
        let watcher = state.withLock {
            $0.entry.phase = phase
            $0.entry.step = step
            $0.reflect()
            return $0.watcher
        }
        if let watcher, !watcher(phase, step) { state.withLock { $0.watcher = nil } }
    }

    /// Does something at the beginning of every phase from now on, as to rehearse a fault there.
    ///
    /// - Parameter action: Called with the phase and its step on the thread that enters it, before
    ///   anything is done in it, until it returns false.
    public func whenEntering(_ action: @escaping @Sendable (_ phase: String, _ step: Int) -> Bool) {
        state.withLock { $0.watcher = action }
    }

    /// Notes that the program has come forward within its phase, as after a part of many.
    public func advance() { state.withLock { $0.reflect() } }

    /// Runs an operation, which contains no other, under its name.
    func perform<Result>(
        _ operation: String, elementCount: Int = 0, _ body: () throws -> Result
    ) rethrows -> Result {
        state.withLock {
            $0.entry.operation = operation
            $0.entry.elementCount = elementCount
            $0.entry.operationCount += 1
            $0.entry.since = .now
            $0.reflect()
        }
        defer {
            state.withLock {
                $0.entry.operation = nil
                $0.entry.elementCount = 0
                $0.entry.since = .now
                $0.reflect()
            }
        }
        return try body()
    }
}
