import Foundation
import Training

/// The signals that ask a run to write a checkpoint and end: SIGUSR1, SIGUSR2 and SIGTERM.
///
/// They are blocked everywhere, and a thread of their own waits for them. So no handler runs in the
/// middle of other code, and none needs a global variable.
struct StopSignals: Sendable {
    /// Blocks the signals in this thread and those started later.
    ///
    /// To be called before MPI or anything else starts threads: a signal to the process ends it if
    /// any thread does not block it.
    init() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Starts the thread that waits for the signals.
    ///
    /// - Parameter request: What each signal sets off.
    func forward(to request: StopRequest) {
        Thread.detachNewThread {
            var set = Self.set
            var number: Int32 = 0
            while sigwait(&set, &number) == 0 { request.request() }
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGUSR1, SIGUSR2, SIGTERM] { sigaddset(&set, number) }
        return set
    }
}
