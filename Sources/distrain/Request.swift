import ArgumentParser
import Diagnostics

/// What the command line asks for.
package enum Request {
    /// To run a subcommand.
    case command(any ProgramCommand)
    /// To print a text on standard output: help or the version.
    case text(String)
    /// Something that cannot be understood, with the message for standard error.
    case usageError(String)

    /// Reads the command line.
    ///
    /// - Parameter arguments: The words after the name of the program; none stand for `train`.
    package init(_ arguments: [String]) {
        do {
            let words = try Self.withDefaultCommand(arguments)
            var command = try Distrain.parseAsRoot(words)
            if let program = command as? any ProgramCommand {
                self = .command(program)
            } else {
                // The rest are requests for help, which `run` throws.
                try command.run()
                self = .text("")
            }
        } catch let failure as Failure {
            self = .usageError("\(failure)")
        } catch {
            let message = Distrain.fullMessage(for: error, columns: Self.helpColumns)
            self =
                Distrain.exitCode(for: error) == .success
                ? .text(message)
                : .usageError(
                    message.split(separator: "\n", omittingEmptySubsequences: false)
                        .map { String($0).legible }.joined(separator: "\n"))
        }
    }

    /// Whether the command goes on after SIGUSR1, SIGUSR2 and SIGTERM to write a checkpoint, and
    /// after SIGPIPE.
    var takesStopSignals: Bool {
        guard case .command(let command) = self else { return false }
        return type(of: command).takesStopSignals
    }

    /// Whether the command finds out what is wrong with a launch, and so does not refuse one.
    var diagnosesLaunch: Bool {
        if case .command(is Doctor) = self { true } else { false }
    }

    // As long as the lines of the sources; not that of the terminal, of which each rank under
    // mpirun has another.
    private static let helpColumns = 100

    /// Puts `train` before options that stand alone, so that they are checked as those of `train`.
    private static func withDefaultCommand(_ arguments: [String]) throws -> [String] {
        // The parser would look for a long time for what is near to it.
        for word in arguments where word.hasPrefix("-") {
            let name = word.prefix { $0 != "=" }
            guard name.utf8.count > 100 else { continue }
            throw Failure(
                .usage, in: "command line", expected: "an option", found: String(name))
        }
        let train = [Train.configuration.commandName].compactMap { $0 }
        guard let first = arguments.first else { return train }
        let names =
            Distrain.configuration.subcommands.compactMap { $0.configuration.commandName }
            + ["help"]
        if names.contains(first) || ["-h", "--help", "--version"].contains(first) {
            return arguments
        }
        guard !first.hasPrefix("-") else { return train + arguments }
        throw Failure(
            .usage, in: first, expected: "one of \(names.joined(separator: ", "))",
            found: "no such subcommand", fix: names.nearest(to: first).map { "did you mean \($0)?" }
        )
    }
}

/// A subcommand that computes or reads something.
package protocol ProgramCommand: ParsableCommand {
    /// Whether the command goes on after SIGUSR1, SIGUSR2 and SIGTERM to write a checkpoint, and
    /// after SIGPIPE.
    static var takesStopSignals: Bool { get }

    /// Whether ranks compute something together, and so have to be alike.
    static var computes: Bool { get }

    /// Does the work on this rank. Every rank calls it.
    ///
    /// - Parameter run: The ranks and where their output goes.
    /// - Returns: What the process exits with, the same on every rank.
    /// - Throws: `AgreedFailure` if all ranks throw it; anything else ends the whole job.
    func execute(_ run: ProgramRun) throws -> ExitCode
}

extension ProgramCommand {
    package static var takesStopSignals: Bool { false }
    package static var computes: Bool { true }
}

/// A subcommand that takes the options of a training.
package protocol TrainingCommand: ProgramCommand {
    /// The options.
    var flags: TrainingFlags { get }
}
