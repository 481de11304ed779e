import Communication
import Diagnostics
import Glibc
import Training

/// Here the exit codes are those of `Diagnostics`, not ArgumentParser's type of the same name.
package typealias ExitCode = Diagnostics.ExitCode

/// The start and the end of the process.
@main
struct Program {
    /// Runs what the command line asks for and exits with its exit code.
    ///
    /// Every rank reads the command line, but MPI is started before anything is said of it, so that
    /// rank 0 can say it once and everybody then ends in order.
    static func main() {
        LaunchEnvironment().restartForSuitableCoreType()
        let request = Request(Array(CommandLine.arguments.dropFirst()))
        // Before MPI starts, which may take a while.
        let stop = request.takesStopSignals ? StopSignals.install() : nil
        let environment = LaunchEnvironment()
        let group: RankGroup
        do {
            group = try RankGroup(environment, isDiagnosis: request.diagnosesLaunch)
        } catch {
            // Without MPI only the launcher knows who is first.
            if (environment.expectedGroup?.rank ?? 0) == 0 { Console.report("\(error)") }
            exit((error as? Failure)?.exitCode ?? .badLaunch)
        }
        do {
            let run = ProgramRun(
                communicator: group.communicator, environment: environment,
                console: Console(environment), stop: stop ?? StopRequest())
            let exitCode = try group.communicator.runProgram(reporting: Console.report) {
                try answer(request, run)
            }
            try group.finalize()
            exit(exitCode)
        } catch {
            Console.report("\(error)")
            exit(.internalError)
        }
    }

    /// Does what is asked for.
    ///
    /// - Returns: What the process exits with, the same on every rank.
    private static func answer(_ request: Request, _ run: ProgramRun) throws -> ExitCode {
        switch request {
        case .command(let command):
            if type(of: command).computes { try run.prepareToCompute() }
            return try command.execute(run)
        case .text(let text):
            try run.onFirstRank { try run.console.print(text) }
            return .success
        case .usageError(let message):
            if run.isFirst { Console.report(message) }
            // An exit code other than 0 lets mpirun end the others; nobody may leave before rank 0
            // has spoken.
            try run.communicator.barrier()
            return .usage
        }
    }

    private static func exit(_ code: ExitCode) -> Never { Glibc.exit(code.rawValue) }
}
