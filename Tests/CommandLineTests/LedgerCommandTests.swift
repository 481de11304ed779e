import Foundation
import Testing

private let isSkippedWithoutMPI: Comment = "mpirun is not on the PATH: install openmpi-bin"

/// `distrain verify` and `distrain bisect` on a training of few steps.
@Suite(.serialized)
struct LedgerCommandTests {
    private static let arguments = [
        "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "32",
        "--microbatch", "8", "--epochs", "1", "--max-steps", "8", "--checkpoint-every", "3steps",
        "--output", "run",
    ]

    /// Trains 8 steps on one rank.
    private func train(_ changes: [String] = [], in folder: TemporaryFolder) throws {
        let run = try ProgramProcess(Self.arguments + changes, in: folder)
        try #require(run.exitCode == 0, "\(run.errors)")
    }

    @Test(
        .enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI),
        arguments: [nil, 2, 3])
    func aRunIsIdenticalOnAnyNumberOfRanks(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            let ranks = rankCount.map { "\($0) ranks" } ?? "1 rank"
            for (arguments, text) in [
                ([], "steps 1-8: identical (computed from the seed on \(ranks), 8 tensors a step)"),
                (
                    ["--steps", "5-8", "--ranks", "\(rankCount ?? 1)"],
                    "steps 5-8: identical (computed from the checkpoint of step 3 on \(ranks), "
                        + "8 tensors a step)"
                ),
            ] {
                let run = try ProgramProcess(
                    ["verify", "run"] + arguments, rankCount: rankCount, in: folder)
                #expect(run.output == text + "\n")
                #expect(run.errors == "")
                #expect(run.exitCode == 0)
            }
        }
    }

    /// Iterations of L-BFGS are steps, and `config.yml` can be given back to the program.
    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func aLinearModelIsIdenticalToo() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<60).map { "\($0 % 7),\($0 * 5 % 11),\(($0 % 7) * 3 + $0 * 5 % 11 % 2)" }
            try folder.write("x,y,value\n" + rows.joined(separator: "\n") + "\n", to: "table.csv")
            for arguments in [
                [
                    "--dataset", "csv:table.csv", "--label", "value", "--task", "regression",
                    "--model", "linear-regression", "--l1-penalty", "0.1", "--output", "run",
                ], ["--config", "run/config.yml", "--output", "again"],
            ] {
                let run = try ProgramProcess(["train"] + arguments, in: folder)
                try #require(run.exitCode == 0, "\(run.errors)")
            }
            for name in ["run", "again"] {
                let run = try ProgramProcess(["verify", name], rankCount: 2, in: folder)
                #expect(run.output.contains(": identical (computed from the seed on 2 ranks"))
                #expect(run.exitCode == 0)
            }
        }
    }

    /// Levels of trees are steps.
    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func aForestIsIdenticalToo() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<60).map { "\($0 % 7),\($0 * 5 % 11),\($0 * 3 % 4 == 0 ? "a" : "b")" }
            try folder.write("x,y,class\n" + rows.joined(separator: "\n") + "\n", to: "table.csv")
            for arguments in [
                [
                    "--dataset", "csv:table.csv", "--label", "class", "--model", "random-forest",
                    "--trees", "3", "--checkpoint-every", "2steps", "--keep", "50",
                    "--output", "run",
                ], ["--config", "run/config.yml", "--output", "again"],
            ] {
                let run = try ProgramProcess(["train"] + arguments, in: folder)
                try #require(run.exitCode == 0, "\(run.errors)")
            }
            for (name, steps, beginning) in [
                ("run", [], "the seed"), ("again", ["--steps", "4"], "the checkpoint of step 2"),
            ] {
                let run = try ProgramProcess(["verify", name] + steps, rankCount: 2, in: folder)
                #expect(
                    run.output.hasSuffix(
                        ": identical (computed from \(beginning) on 2 ranks, 8 tensors a step)\n"))
                #expect(run.errors == "")
                #expect(run.exitCode == 0)
            }
            let run = try ProgramProcess(["bisect", "run", "again"], in: folder)
            #expect(run.output.hasPrefix("identical over "))
            #expect(run.exitCode == 0)
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func aChangedLineIsNamed() throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            let lines = try folder.text("run/ledger.jsonl").split(separator: "\n")
            let step = try #require(lines.firstIndex { $0.hasPrefix("{\"step\":4,") })
            var changed = lines.map(String.init)
            changed[step].replace("\"learning_rate\":\"3", with: "\"learning_rate\":\"2")
            try #require(changed[step] != lines[step])
            try folder.write(
                changed.map { $0 + "\n" }.joined(), to: "run/ledger.jsonl")
            for rankCount in [nil, 2] {
                let run = try ProgramProcess(["verify", "run"], rankCount: rankCount, in: folder)
                #expect(run.output == "")
                #expect(
                    run.errors
                        == (rankCount == nil ? "" : "rank 0: ")
                        + "run/ledger.jsonl, line 6 (step 4): was changed after it was written, "
                        + "expected what its chain was computed from\n")
                #expect(run.exitCode == 65)
            }
        }
    }

    @Test func whatCannotBeVerifiedIsExplained() throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            for (arguments, message, exitCode) in [
                (
                    ["run", "--steps", "4-20"],
                    "--steps: 4-20, expected a part of the ledger's steps 1-8\n", Int32(64)
                ),
                (
                    ["run", "--ranks", "2"],
                    "--ranks: 1 rank, expected 2; start it with mpirun -n 2\n", 77
                ),
                (
                    ["nowhere"],
                    "nowhere/ledger.jsonl: no such file; give a run directory, as `distrain train` "
                        + "writes it\n", 66
                ),
            ] {
                let run = try ProgramProcess(["verify"] + arguments, in: folder)
                #expect(run.output == "")
                #expect(run.errors == message)
                #expect(run.exitCode == exitCode)
            }
            let configuration = try folder.text("run/config.yml")
            try folder.write(
                configuration.replacing("seed: 1", with: "seed: 2"), to: "run/config.yml")
            let changed = try ProgramProcess(["verify", "run"], in: folder)
            #expect(
                changed.errors
                    == "run/config.yml: holds other settings, expected those that the ledger began "
                    + "with; bring back the file that the run wrote\n")
            #expect(changed.exitCode == 65)
        }
    }

    @Test(.enabled(if: RealData.hasMNIST, "MNIST is not in \(RealData.folder)"))
    func missingImagesAreNamed() throws {
        try withTemporaryFolder { folder in
            try train(["--dataset", "mnist", "--data", RealData.folder], in: folder)
            let missing = try ProgramProcess(["verify", "run", "--data", "nowhere"], in: folder)
            #expect(missing.output == "")
            #expect(missing.errors.hasPrefix("nowhere"))
            #expect(missing.exitCode == 66)
            let found = try ProgramProcess(["verify", "run", "--steps", "8"], in: folder)
            #expect(
                found.output == "steps 8-8: identical (computed from the checkpoint of step 6 on "
                    + "1 rank, 8 tensors a step)\n")
        }
    }

    @Test func identicalRunsAreCalledSo() throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            try train(["--output", "other", "--max-steps", "5"], in: folder)
            let run = try ProgramProcess(["bisect", "run", "other"], in: folder)
            #expect(run.output == "identical over 5 common steps (run: 8, other: 5)\n")
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func runsThatPartAreNamedWithTheirSettings() throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            try train(["--output", "other", "--seed", "2"], in: folder)
            let number = "[0-9.]+ \\([0-9a-f]{16}\\)"
            let line = try Regex("part at step 1: loss is \(number) in run, \(number) in other")
            for rankCount in [nil, 2] {
                let run = try ProgramProcess(
                    ["bisect", "run", "other"], rankCount: rankCount, in: folder)
                #expect(run.lines.count == 2)
                #expect(try line.wholeMatch(in: run.lines.first ?? "") != nil, "\(run.output)")
                #expect(run.lastLine == "settings that differ: seed 1, 2")
                #expect(run.errors == "")
                #expect(run.exitCode == 65)
            }
        }
    }

    @Test func aMissingLedgerIsNamed() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["bisect", "run", "other"], in: folder)
            #expect(run.output == "")
            #expect(
                run.errors
                    == "run/ledger.jsonl: no such file; give a run directory, as `distrain train` "
                    + "writes it\n")
            #expect(run.exitCode == 66)
        }
    }
}
