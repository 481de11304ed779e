import Glibc

/// A thread with a result that its starter waits for.
final class JoinableThread<Result: Sendable> {
    /// The function and its result.
    ///
    /// Unchecked because the new thread alone touches it until the starter has joined that thread.
    private final class Work: @unchecked Sendable {
        let body: @Sendable () -> Result
        var result: Result?
        init(_ body: @escaping @Sendable () -> Result) { self.body = body }
    }

    private let work: Work
    private var thread = pthread_t()

    /// Starts a thread.
    init(_ body: @escaping @Sendable () -> Result) {
        let work = Work(body)
        self.work = work
        let entry = Unmanaged.passRetained(ThreadEntry { work.result = work.body() })
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument {
                    Unmanaged<ThreadEntry>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, entry.toOpaque())
        precondition(code == 0, "a thread cannot be started: error \(code)")
    }

    /// Waits for the end of the thread, once.
    func join() -> Result {
        pthread_join(thread, nil)
        guard let result = work.result else {
            preconditionFailure("a thread ended without a result")
        }
        return result
    }
}

/// What the C function can get hold of without knowing the type of the result.
private final class ThreadEntry {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
