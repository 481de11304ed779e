import Glibc
import Training

/// The signals that ask a run to write a checkpoint and end: SIGUSR1, SIGUSR2 and SIGTERM.
///
/// Blocking them and letting a thread wait is no way: OpenBLAS starts threads when it is loaded,
/// before any code of ours, and a signal to the process ends it through those.
enum StopSignals {
    /// What each of the signals sets off.
    ///
    /// A signal handler gets nothing but the number, so what it sets has to be global. It is an
    /// atomic flag, made before the handler is installed.
    static let request = StopRequest()

    /// Installs the handlers.
    ///
    /// - Returns: What each of the signals sets off.
    static func install() -> StopRequest {
        let request = request
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGUSR1, SIGUSR2, SIGTERM] {
            // glibc's `signal` lets interrupted system calls go on.
            signal(number) { _ in StopSignals.request.request() }
            sigaddset(&set, number)
        }
        // A reader of the output who leaves is no reason to stop.
        signal(SIGPIPE, SIG_IGN)
        // Whoever started the program may have blocked them, which is inherited.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        return request
    }
}
