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

    private let state: Mutex<Entry>

    /// Begins with no operation, in the phase "start", step 0.
    public init() {
        state = Mutex(
            Entry(
                phase: "start", step: 0, operation: nil, elementCount: 0, operationCount: 0,
                since: .now))
    }

    /// What is going on.
    public var current: Entry { state.withLock { $0 } }

    /// Notes what the program is about from now on.
    ///
    /// - Parameters:
    ///   - phase: Its name, a literal where steps are short: those cost no allocation.
    ///   - step: The optimizer step or another count within it.
    public func enter(phase: String, step: Int) {
        state.withLock {
            $0.phase = phase
            $0.step = step
        }
    }

    /// Runs an operation, which contains no other, under its name.
    func perform<Result>(
        _ operation: String, elementCount: Int = 0, _ body: () throws -> Result
    ) rethrows -> Result {
        state.withLock {
            $0.operation = operation
            $0.elementCount = elementCount
            $0.operationCount += 1
            $0.since = .now
        }
        defer {
            state.withLock {
                $0.operation = nil
                $0.elementCount = 0
                $0.since = .now
            }
        }
        return try body()
    }
}
