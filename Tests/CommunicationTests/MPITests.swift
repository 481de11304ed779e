import Foundation
import Testing

/// The shared checks as a program under mpirun.
@Suite(
    .serialized,
    .enabled(if: hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct MPITests {
    @Test(arguments: 1...4) func checks(rankCount: Int) throws {
        let job = try Job(rankCount: rankCount)
        #expect(job.standardOutput.hasSuffix("checks passed on \(rankCount) ranks\n"))
        #expect(job.exitCode == 0, "\(job.standardError)")
    }

    @Test func withoutMPIRunThereIsOneRank() throws {
        let job = try Job(rankCount: nil)
        #expect(job.standardOutput.hasSuffix("checks passed on 1 ranks\n"))
        #expect(job.exitCode == 0, "\(job.standardError)")
    }

    @Test func aRankThatThrowsEndsTheJob() throws {
        let job = try Job(rankCount: 3, argument: "throw")
        #expect(job.exitCode == 76)
        #expect(job.count(of: "rank 1: the loss: is NaN") == 1)
        #expect(job.count(of: "the loss") == 1)
    }

    @Test func anAgreedFailureIsReportedOnce() throws {
        let job = try Job(rankCount: 3, argument: "agree")
        #expect(job.exitCode == 66)
        #expect(job.count(of: "ranks 1, 2: data: does not exist") == 1)
        #expect(job.count(of: "does not exist") == 1)
    }
}

private let hasMPIRun = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/mpirun") }

/// A finished run of CommunicationSuite.
private struct Job {
    let standardOutput: String
    let standardError: String
    let exitCode: Int32

    /// Runs the program that lies beside this test's bundle.
    ///
    /// - Parameters:
    ///   - rankCount: The number of ranks, or nil to run without mpirun.
    ///   - argument: What the program gets.
    /// - Throws: If it cannot be started.
    init(rankCount: Int?, argument: String? = nil) throws {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let program = folder.appending(path: "CommunicationSuite").path
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "\(program) is not built")
        let launcher = ["mpirun", "-n", "\(rankCount ?? 0)", "--oversubscribe", "--timeout", "300"]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            (rankCount == nil ? [] : launcher) + [program] + [argument].compactMap { $0 }
        var environment = ProcessInfo.processInfo.environment
        if getuid() == 0 {
            environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
            environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        }
        process.environment = environment
        // Files, not pipes: nobody has to read one while the other fills up.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "mpi-\(UUID())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        func file(_ name: String) throws -> FileHandle {
            try Data().write(to: scratch.appending(path: name))
            return try FileHandle(forWritingTo: scratch.appending(path: name))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try file("output")
        process.standardError = try file("error")
        try process.run()
        process.waitUntilExit()
        standardOutput = try String(contentsOf: scratch.appending(path: "output"), encoding: .utf8)
        standardError = try String(contentsOf: scratch.appending(path: "error"), encoding: .utf8)
        exitCode = process.terminationStatus
    }

    /// How often a text appears on standard error.
    func count(of text: String) -> Int { standardError.components(separatedBy: text).count - 1 }
}
