import Diagnostics
import Foundation

/// A program of the system's that is run to its end.
enum ChildProcess {
    /// What a program left behind.
    struct Result {
        let status: Int32
        let standardOutput: String
        /// Empty if it was shown to the user instead.
        let standardError: String
    }

    /// Runs a program that is found by its name, and waits for it.
    ///
    /// - Parameters:
    ///   - program: The name, or a path.
    ///   - arguments: What it is given.
    ///   - showsErrors: Whether standard error goes to the user, as for a progress bar.
    ///   - fix: How to get the program, should it be missing.
    /// - Returns: Its exit status and what it printed.
    /// - Throws: `Failure` with `.missingInput` if there is no such program.
    static func run(
        _ program: String, _ arguments: [String], showsErrors: Bool, fix: String
    ) throws -> Result {
        let process = Process()
        // `env` searches the PATH, and exits with 127 if it finds nothing.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        if !showsErrors { process.standardError = errors }
        do {
            try process.run()
        } catch {
            throw Failure(.missingInput, in: program, found: "cannot be started (\(error))")
        }
        let standardOutput = text(of: output)
        let standardError = showsErrors ? "" : text(of: errors)
        process.waitUntilExit()
        guard process.terminationReason == .exit else {
            throw Failure(
                .inputOutput, in: program, found: "ended by signal \(process.terminationStatus)")
        }
        guard process.terminationStatus != 127 else {
            throw Failure(.missingInput, in: program, found: "no such program", fix: fix)
        }
        return Result(
            status: process.terminationStatus, standardOutput: standardOutput,
            standardError: standardError)
    }

    private static func text(of pipe: Pipe) -> String {
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
