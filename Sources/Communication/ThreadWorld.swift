import Diagnostics
import Glibc

/// What the threads of one `ThreadCommunicator.run` share: one lock for everything, who has failed,
/// and who has ended.
///
/// Unchecked because its state is guarded by a lock of the C library, which the compiler does not
/// know; the lock is needed for its condition variable.
final class ThreadWorld: @unchecked Sendable {
    /// Thrown by those who waited for a rank that has failed; never leaves `run`.
    struct Abandoned: Error {}

    /// For each rank the number of its simulated host.
    let hosts: [Int]
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var failures: [Int: any Error] = [:]
    private var ended: Set<Int> = []

    init(hosts: [Int]) {
        self.hosts = hosts
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// The failure of the lowest rank that failed of itself.
    var failure: (any Error)? {
        withLock { failures.min { $0.key < $1.key }?.value }
    }

    /// Notes that a rank's body is over and wakes those who wait for it.
    func end(_ rank: Int, with error: (any Error)?) {
        withLock {
            ended.insert(rank)
            if let error, !(error is Abandoned) { failures[rank] = error }
            wakeAll()
        }
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes everybody who waits.
    ///
    /// To be called with the lock held, as are all below.
    func wakeAll() { pthread_cond_broadcast(condition) }

    /// Lets others have the lock until somebody calls `wakeAll`.
    func waitForWake() { pthread_cond_wait(condition, mutex) }

    /// Throws if any rank has failed.
    func checkAlive() throws {
        if !failures.isEmpty { throw Abandoned() }
    }

    /// Makes every rank that waits or will wait give up because of a mistake seen by one.
    func fail(_ rank: Int, _ failure: Failure) -> Failure {
        failures[rank] = failure
        wakeAll()
        return failure
    }

    /// Waits until a condition holds, unless somebody fails or the missing ranks are gone for good.
    ///
    /// - Parameters:
    ///   - rank: Who waits.
    ///   - operation: For what, for the message.
    ///   - missing: The ranks without whose doing the condition cannot come to hold.
    ///   - holds: The condition.
    /// - Throws: `Abandoned`, or a `Failure` if this rank is the one that finds out.
    func wait(
        _ rank: Int, in operation: String, for missing: () -> [Int], until holds: () -> Bool
    ) throws {
        while !holds() {
            try checkAlive()
            if let gone = missing().first(where: ended.contains) {
                throw fail(
                    rank,
                    Failure(
                        .internalError, in: operation,
                        found: "rank \(rank) waits for rank \(gone), which has ended"))
            }
            waitForWake()
        }
    }
}
