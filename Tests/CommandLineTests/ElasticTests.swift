import Foundation
import Testing

/// A run that is killed and goes on with fewer and fewer ranks ends as if nothing had happened.
@Suite(
    .serialized,
    .enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct ElasticTests {
    /// 4 microbatches a step, 157 steps an epoch.
    private static let arguments = [
        "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
        "--microbatch", "16", "--epochs", "1", "--augment", "crop:2", "--output", "run",
        "--checkpoint-every", "5steps",
    ]

    @Test func fourRanksThenThreeThenOne() throws {
        try withTemporaryFolder { folder in
            let whole = try ProgramProcess(
                Self.arguments + ["--max-steps", "60", "--output", "whole"], in: folder)
            #expect(whole.exitCode == 0, "\(whole.errors)")

            let killed = try ProgramProcess(
                Self.arguments + ["--max-steps", "60"], rankCount: 4, in: folder,
                signal: (
                    SIGKILL, file: folder.file("run/checkpoints/step-000000010/MANIFEST.json")
                ),
                rankIsSignalled: true)
            #expect(killed.exitCode != 0)
            #expect(!killed.output.contains("parameters sha256:"))

            let resume = Self.arguments + ["--resume", "auto"]
            let stopped = try ProgramProcess(
                resume + ["--max-steps", "58"], rankCount: 3, in: folder)
            #expect(stopped.count(of: "going on after step ") == 1)
            #expect(stopped.exitCode == 0, "\(stopped.errors)")
            let ended = try ProgramProcess(resume + ["--max-steps", "60"], in: folder)
            #expect(ended.count(of: "going on after step 58 from ") == 1)
            #expect(whole.lastLine.hasPrefix("parameters sha256:"))
            #expect(ended.lastLine == whole.lastLine)
        }
    }
}
