import Synchronization

/// A wish from outside that the run write a checkpoint and end, such as a signal of the scheduler.
///
/// One rank's wish is enough: all ranks agree on it at the end of the running step.
public final class StopRequest: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Creates the wish, not yet uttered.
    public init() {}

    /// Asks the run to end; may be called on any thread, and in a signal handler.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Whether the run was asked to end.
    public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
