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
        let hosts = try communicator.allGather(Array(communicator.placement.hostName.utf8))
        // Who was not told what is wrong has to take it for the worst.
        let mayLoseHosts = Set(hosts).count > 1
        let watchdog = try Watchdog(communicator, hangTimeout: hangTimeout) { report in
            if let report { Console.report(report.text) }
            if report?.hostIsLost ?? mayLoseHosts { endLauncher() }
            // Nothing in this process is to wait for anybody any more.
            _exit(ExitCode.internalError.rawValue)
        }
        defer { watchdog.stop() }
        return try body()
    }
}

/// Ends the launcher's process that started this one.
///
/// Open MPI's waits for its daemons on all hosts, be they out of reach, unless it is told twice.
private func endLauncher() {
    let parent = getppid()
    guard let file = fopen("/proc/\(parent)/comm", "r") else { return }
    defer { fclose(file) }
    var name = [CChar](repeating: 0, count: 64)
    guard fgets(&name, Int32(name.count), file) != nil else { return }
    let text = String(decoding: name.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard ["mpirun", "mpiexec", "orterun", "orted"].contains(text) else { return }
    kill(parent, SIGTERM)
    usleep(500_000)
    kill(parent, SIGTERM)
}
