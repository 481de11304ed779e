import Communication
import Diagnostics
import Logging
import Training

/// What a subcommand works with: the ranks, the environment and where output goes.
package struct ProgramRun {
    /// The version of the program.
    static let version = "0.1.0"

    /// All ranks.
    let communicator: any Communicator
    /// What the program takes from environment variables.
    let environment: LaunchEnvironment
    /// Where output goes, which only rank 0 writes.
    let console: Console
    /// By which the run is asked to end.
    let stop: StopRequest
    /// Notes and warnings; silent on all ranks but 0.
    private(set) var logger: Logger

    /// Collects the ranks and the output of one run.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - environment: What the program takes from environment variables.
    ///   - console: Where output goes.
    ///   - stop: By which the run is asked to end.
    init(
        communicator: any Communicator, environment: LaunchEnvironment, console: Console,
        stop: StopRequest
    ) {
        self.communicator = communicator
        self.environment = environment
        self.console = console
        self.stop = stop
        let handler: any LogHandler =
            communicator.rank == 0 ? ConsoleLogHandler(logLevel: .info) : SwiftLogNoOpLogHandler()
        logger = Logger(label: "distrain") { _ in handler }
    }

    /// Sets what is logged.
    ///
    /// - Parameter level: The least important messages that are written.
    mutating func setLogLevel(_ level: Logger.Level) { logger.logLevel = level }

    /// Whether this rank writes.
    var isFirst: Bool { communicator.rank == 0 }

    /// Prints a line on standard output, once for all ranks.
    ///
    /// - Parameter line: The text without the newline.
    /// - Throws: `Failure` with `.inputOutput` if it cannot be written.
    func print(_ line: String) throws {
        if isFirst { try console.print(line) }
    }

    /// Does something on rank 0 alone; if it fails there, it fails on all ranks.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter body: What rank 0 does.
    /// - Throws: `AgreedFailure` on every rank if `body` throws a `Failure`.
    func onFirstRank(_ body: () throws -> Void) throws {
        try communicator.agreeing { if isFirst { try body() } }
    }

    /// Logs what only some ranks may have noticed: once a kind, with the number of those ranks.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter warnings: This rank's warnings.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func warn(_ warnings: [LaunchWarning]) throws {
        guard let gathered = try communicator.gather(LaunchWarning.encoded(warnings), to: 0) else {
            return
        }
        for line in try LaunchWarning.summary(of: gathered) { logger.warning("\(line)") }
    }
}
