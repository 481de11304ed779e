import Foundation

/// Work beside the training thread.
enum BackgroundThread {
    /// What the C function can get hold of.
    private final class Entry {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread; where none is to be had, the caller does the work itself.
    ///
    /// - Parameter body: The work.
    /// - Returns: What the work comes to, once it is done.
    static func start<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) -> Handover<Result> {
        let result = Handover<Result>()
        let entry = Unmanaged.passRetained(Entry { result.give(body()) })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument {
                    Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, entry.toOpaque())
        if code == 0 { pthread_detach(thread) } else { entry.takeRetainedValue().run() }
        return result
    }
}
