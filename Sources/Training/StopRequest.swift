import Synchronization

/// A wish from outside that the run write a checkpoint and end, such as a signal of the scheduler or
/// the end of the time that it gives.
///
/// One rank's wish is enough: all ranks agree on it at the end of the running step.
public final class StopRequest: Sendable {
    private let flag = Atomic<Bool>(false)
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// Creates the wish, not yet uttered.
    public init() {}

    /// Asks the run to end; may be called on any thread, and in a signal handler.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Asks the run to end some time from now.
    ///
    /// - Parameter time: The time until then.
    public func request(after time: Duration) {
        deadline.withLock { $0 = ContinuousClock.now + time }
    }

    /// Whether `request()` was called; may be asked in a signal handler.
    public var isUttered: Bool { flag.load(ordering: .relaxed) }

    /// Whether the run was asked to end, or the time to do so has come.
    public var isRequested: Bool {
        isUttered || deadline.withLock { $0.map { ContinuousClock.now >= $0 } ?? false }
    }
}
