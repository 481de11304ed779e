import Foundation
import Testing

/// A finished run of `distrain`, as a user would start it.
struct ProgramProcess {
    /// All of standard output.
    let output: String
    /// All of standard error, without what mpirun adds to a job that ends with an exit code.
    let errors: String
    /// The exit code, of mpirun where there are ranks.
    let exitCode: Int32

    /// Runs the program that lies beside this test's bundle, and waits for its end.
    ///
    /// - Parameters:
    ///   - arguments: What follows the name of the program.
    ///   - rankCount: The number of ranks, or nil to run without mpirun.
    ///   - folder: The working folder.
    ///   - environment: Variables to set, besides those of the tests' process.
    ///   - signal: A signal to send to the process as soon as a file is there.
    ///   - rankIsSignalled: Whether the signal goes to the last rank, not to mpirun.
    ///   - wrapper: What comes before mpirun, or before the program.
    /// - Throws: If it cannot be started.
    init(
        _ arguments: [String], rankCount: Int? = nil, in folder: TemporaryFolder,
        environment: [String: String] = [:], signal: (number: Int32, file: String)? = nil,
        rankIsSignalled: Bool = false, wrapper: [String] = []
    ) throws {
        let program = try Self.program()
        let launcher = [
            "mpirun", "-n", "\(rankCount ?? 0)", "--oversubscribe", "--bind-to", "none",
            "--timeout",
            "300",
        ]
        try self.init(
            command: wrapper + (rankCount == nil ? [] : launcher) + [program] + arguments,
            in: folder,
            environment: environment, signal: signal, childIsSignalled: rankIsSignalled)
    }

    /// Runs any command, and waits for its end.
    ///
    /// - Parameters:
    ///   - command: A program on the PATH with its arguments.
    ///   - folder: The working folder.
    ///   - environment: Variables to set, besides those of the tests' process.
    ///   - signal: A signal to send to the process as soon as a file is there.
    ///   - childIsSignalled: Whether the signal goes to the last process that it started.
    /// - Throws: If it cannot be started.
    init(
        command: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
        signal: (number: Int32, file: String)? = nil, childIsSignalled: Bool = false
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = Self.environment().merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder.path)
        // Files, not pipes: nobody has to read one while the other fills up.
        let output = try TemporaryFolder()
        defer { output.remove() }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output.newFile("output")
        process.standardError = try output.newFile("errors")
        Self.unblockSignals()
        try process.run()
        if let signal {
            while process.isRunning && !FileManager.default.fileExists(atPath: signal.file) {
                usleep(10_000)
            }
            let pid = process.processIdentifier
            kill(childIsSignalled ? try Self.lastChild(of: pid) : pid, signal.number)
        }
        process.waitUntilExit()
        self.output = try output.text("output").replacing("\r\n", with: "\n")
        errors = Self.withoutLauncher(try output.text("errors"))
        exitCode = process.terminationStatus
    }

    /// How often a text appears on standard output and standard error.
    ///
    /// - Parameter text: The text.
    /// - Returns: The number of times.
    func count(of text: String) -> Int {
        (output + errors).components(separatedBy: text).count - 1
    }

    /// The lines of standard output, without empty ones.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The last line of standard output.
    var lastLine: String { lines.last ?? "" }

    /// Whether ranks can be started.
    static let hasMPIRun = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/mpirun") }

    /// The path of the program.
    ///
    /// - Returns: Where it lies.
    /// - Throws: If it is not built.
    static func program() throws -> String {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let program = folder.appending(path: "distrain").path
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "\(program) is not built")
        return program
    }

    private static func lastChild(of parent: Int32) throws -> Int32 {
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            .compactMap { Int32($0) }
        let children = processes.filter { process in
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            return status?.contains("\nPPid:\t\(parent)\n") == true
        }
        return try #require(children.max(), "process \(parent) has no child")
    }

    /// Lets the process that is started next get every signal: tests run on threads that block
    /// them, and a new process inherits that.
    private static func unblockSignals() {
        var set = sigset_t()
        sigfillset(&set)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func environment() -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        for name in [
            "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "DISTRAIN_DATA", "DISTRAIN_VECTORS",
            "NO_COLOR",
        ] {
            environment[name] = nil
        }
        if getuid() == 0 {
            environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
            environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        }
        return environment
    }

    /// Leaves out mpirun's own remarks, which stand between rules or begin with its name.
    private static func withoutLauncher(_ text: String) -> String {
        var isRemark = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.count > 60 && line.allSatisfy({ $0 == "-" }) {
                isRemark.toggle()
                return false
            }
            return !isRemark && !line.hasPrefix("mpirun: Forwarding signal")
                && !line.contains("orte_base_help_aggregate")
                && !line.contains("more process has sent help message")
        }
        return lines.joined(separator: "\n")
    }
}
