import Foundation
import Testing

/// A rank that dies or hangs ends the job, with one report.
@Suite(
    .serialized,
    .enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct WatchdogTests {
    /// More steps than are made before the signal comes.
    private static let arguments = [
        "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
        "--microbatch", "16", "--epochs", "50", "--output", "run", "--checkpoint-every", "5steps",
        "--hang-timeout", "3s",
    ]

    @Test(arguments: [(SIGKILL, "died"), (SIGSTOP, "has been silent for 3.")])
    func theRankIsNamed(signal: Int32, trouble: String) throws {
        try withTemporaryFolder { folder in
            let checkpoint = folder.file("run/checkpoints/step-000000005/MANIFEST.json")
            let job = try ProgramProcess(
                Self.arguments, rankCount: 4, in: folder, signal: (signal, file: checkpoint),
                rankIsSignalled: true)
            let sent = try #require(
                try FileManager.default.attributesOfItem(atPath: checkpoint)[.modificationDate]
                    as? Date)
            #expect(job.exitCode != 0)
            #expect(Date().timeIntervalSince(sent) < 10)
            let report = job.errors.split(separator: "\n").filter { $0.contains("rank ") }
            try #require(report.count == 4, "\(job.errors)")
            #expect(report[0].wholeMatch(of: /rank 3 on .*, process \d+, .*/) != nil)
            #expect(report[0].contains(", \(trouble)"))
            #expect(report[0].hasSuffix("; the job ends, go on with --resume auto"))
            for (rank, line) in report.dropFirst().enumerated() {
                let pattern = #/  rank \d on .*: after step \d+, in .*, for \d+\.\d s/#
                #expect(line.wholeMatch(of: pattern) != nil)
                #expect(line.hasPrefix("  rank \(rank) on "))
            }
        }
    }

    @Test func badTimes() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["train", "--hang-timeout", "soon"], in: folder)
            #expect(run.exitCode == 64)
            #expect(
                run.errors == "--hang-timeout: \"soon\", expected a time such as 2h30m, 45m or "
                    + "90s\n")
        }
    }
}
