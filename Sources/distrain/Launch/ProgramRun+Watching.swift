import Communication
import Diagnostics
import Glibc

extension ProgramRun {
    /// Does something while ranks watch each other; every rank has to call it.
    ///
    /// A rank that dies, stops or hangs ends the job with one report and exit code 70.
    ///
    /// - Parameters:
    ///   - hangTimeout: How long a rank may be silent or in one place.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `Failure` if the message-passing system reports an error.
    func watching<Result>(hangTimeout: Duration, _ body: () throws -> Result) throws -> Result {
        guard communicator.rankCount > 1 else { return try body() }
        let watchdog = try Watchdog(communicator, hangTimeout: hangTimeout) { report in
            Console.report(report)
            // Nothing in this process is to wait for anybody any more.
            _exit(ExitCode.internalError.rawValue)
        }
        defer { watchdog.stop() }
        return try body()
    }
}
