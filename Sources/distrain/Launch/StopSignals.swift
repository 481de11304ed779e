import Glibc
import Synchronization
import Training

/// The signals that ask a run to write a checkpoint and end: SIGUSR1, SIGUSR2 and SIGTERM.
///
/// Who sends another one wants the process to end at once.
///
/// Blocking them and letting a thread wait is no way: OpenBLAS starts threads when it is loaded,
/// before any code of ours, and a signal to the process ends it through those.
enum StopSignals {
    /// What the first of the signals sets off.
    ///
    /// A signal handler gets nothing but the number, so what it sets has to be global. It is an
    /// atomic flag, made before the handler is installed.
    static let request = StopRequest()

    /// Seconds in which more signals say the same as the first: a scheduler sends one to every
    /// process of a job, and a launcher among them passes its own on to the ranks.
    private static let echoSeconds = 2

    /// When the first came, in seconds of the monotonic clock.
    private static let firstSecond = Atomic<Int>(0)

    /// Installs the handlers.
    ///
    /// - Returns: What the first of the signals sets off.
    static func install() -> StopRequest {
        let request = request
        // Globals are made when they are first used, for which a handler is no place.
        firstSecond.store(0, ordering: .relaxed)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGUSR1, SIGUSR2, SIGTERM] {
            // glibc's `signal` lets interrupted system calls go on.
            signal(number) { StopSignals.received($0) }
            sigaddset(&set, number)
        }
        // A reader of the output who leaves is no reason to stop.
        signal(SIGPIPE, SIG_IGN)
        // Whoever started the program may have blocked them, which is inherited.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        return request
    }

    /// Runs in the signal handler: nothing here may allocate or lock.
    private static func received(_ number: Int32) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        if !request.isUttered {
            firstSecond.store(time.tv_sec, ordering: .relaxed)
            request.request()
        } else if time.tv_sec - firstSecond.load(ordering: .relaxed) >= echoSeconds {
            // As a shell reports a process that the signal ended.
            _exit(128 + number)
        }
    }
}
