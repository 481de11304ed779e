import Foundation
import Testing

private let isSkippedWithoutMPI: Comment = "mpirun is not on the PATH: install openmpi-bin"

/// A training of few steps on the built-in images, and what is done with it afterwards.
@Suite(.serialized)
struct TrainingTests {
    /// A small network in small steps; 157 steps an epoch.
    static let arguments = [
        "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
        "--microbatch", "32", "--epochs", "1", "--output", "run",
    ]

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func twentyStepsOnTwoRanks() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments + ["--max-steps", "20"], rankCount: 2, in: folder)
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
            try checkOutput(run)
            #expect(
                try folder.names(in: "run") == [
                    "checkpoints", "config.yml", "ledger.jsonl", "metrics.jsonl", "run.lock",
                ])
            #expect(try folder.names(in: "run/checkpoints") == ["last", "step-000000020"])
            #expect(
                try folder.names(in: "run/checkpoints/last") == [
                    "MANIFEST.json", "model.safetensors", "optimizer.safetensors", "state.json",
                ])
            try checkLog(of: run, in: folder)
        }
    }

    /// The lines that say what the run was, which do not depend on times.
    private func checkOutput(_ run: ProgramProcess) throws {
        let lines = run.lines
        #expect(
            lines.first == "mnist-cnn (545,098 parameters) on builtin: 10,000 training images, "
                + "2,000 for validation")
        #expect(
            lines.dropFirst().first
                == "2 ranks on 1 host, batches of 64 in microbatches of 32, 1 epoch of 157 "
                + "steps, adam, cosine")
        let end = Array(lines.suffix(6))
        try #require(end.count == 6)
        #expect(
            end[0].wholeMatch(of: /finished after 20 steps and [0-9.msh]+; results: run/) != nil)
        #expect(end[1].wholeMatch(of: /val_accuracy [0-9.]+ %, val_loss [0-9.]+/) != nil)
        #expect(end[2] == "evaluate: distrain evaluate --checkpoint run")
        #expect(end[3] == "predict:  distrain predict --checkpoint run FILE…")
        #expect(end[4] == "resume:   distrain train --resume run --max-steps N, above 20")
        #expect(end[5].wholeMatch(of: /parameters sha256:[0-9a-f]{64}/) != nil)
    }

    /// The run log ends with what standard output ends with.
    private func checkLog(of run: ProgramProcess, in folder: TemporaryFolder) throws {
        let events = try folder.text("run/metrics.jsonl").split(separator: "\n").map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(
            events.map { $0["event"] as? String } == [
                "start", "step", "step", "checkpoint", "final",
            ])
        let sha256 = try #require(events.last?["parameters_sha256"] as? String)
        #expect(run.lastLine == "parameters sha256:\(sha256)")
        #expect(events.first?["ranks"] as? Int == 2)
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func aStoppedRunGoesOnToTheSameParameters() throws {
        try withTemporaryFolder { folder in
            let whole = try ProgramProcess(
                Self.arguments + ["--max-steps", "12", "--output", "whole"], rankCount: 2,
                in: folder)
            _ = try ProgramProcess(
                Self.arguments + ["--max-steps", "5"], rankCount: 2, in: folder)
            let resumed = try ProgramProcess(
                Self.arguments + ["--max-steps", "12", "--resume", "auto"], rankCount: 2,
                in: folder)
            #expect(resumed.count(of: "going on after step 5 from ") == 1)
            #expect(whole.lastLine.hasPrefix("parameters sha256:"))
            #expect(resumed.lastLine == whole.lastLine)
            #expect(resumed.exitCode == 0)
        }
    }

    @Test(
        .enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI),
        arguments: [SIGUSR1, SIGUSR2])
    func aSignalLeavesACheckpointToGoOnWith(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let arguments = Self.arguments + ["--epochs", "100", "--schedule", "constant"]
            let run = try ProgramProcess(
                arguments, rankCount: 2, in: folder,
                signal: (signal, file: folder.file("run/metrics.jsonl")))
            #expect(run.exitCode == 75)
            #expect(run.errors == "")
            #expect(run.count(of: "to be submitted again: run") == 1)
            #expect(run.lastLine.hasPrefix("parameters sha256:"))
            #expect(try folder.names(in: "run/checkpoints").contains("last"))
        }
    }

    @Test func aTerminationWithoutMPIRunLeavesACheckpoint() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments, in: folder,
                signal: (SIGTERM, file: folder.file("run/metrics.jsonl")))
            #expect(run.exitCode == 75)
            #expect(run.errors == "")
            #expect(try folder.names(in: "run/checkpoints").contains("last"))
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func moreRanksThanMicrobatchesAreRefused() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(Self.arguments, rankCount: 3, in: folder)
            #expect(run.output == "")
            #expect(
                run.errors
                    == "3 ranks: more ranks than microbatches, expected at most one for each "
                    + "of the 2 microbatches of 32 in a batch of 64; use --microbatch 21, "
                    + "--batch-size 96, or at most 2 ranks\n")
            #expect(run.exitCode == 77)
        }
    }

    @Test func theConfigurationOfARunStartsItAgain() throws {
        try withTemporaryFolder { folder in
            let first = try ProgramProcess(
                Self.arguments + ["--max-steps", "3", "--metrics", "f1,recall"], in: folder)
            let second = try ProgramProcess(
                ["--config", "run/config.yml", "--output", "again"], in: folder)
            #expect(second.exitCode == 0, "\(second.errors)")
            #expect(second.lastLine == first.lastLine)
            #expect(
                try folder.text("again/config.yml").replacing("output: again", with: "output: run")
                    == folder.text("run/config.yml"))
        }
    }

    @Test func aFolderOfAnotherRunIsKept() throws {
        try withTemporaryFolder { folder in
            try folder.write("{}\n", to: "run/metrics.jsonl")
            let run = try ProgramProcess(Self.arguments, in: folder)
            #expect(
                run.errors
                    == "--output: run holds a run already, expected a new folder; go on with "
                    + "it by --resume auto, or choose another --output\n")
            #expect(run.exitCode == 64)
            #expect(try folder.text("run/metrics.jsonl") == "{}\n")
        }
    }

    @Test func ranksThatDoNotKnowOfEachOtherAreRefused() throws {
        try withTemporaryFolder { folder in
            let first = try ProgramProcess(
                Self.arguments, in: folder,
                environment: ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"])
            let second = try ProgramProcess(
                Self.arguments, in: folder,
                environment: ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"])
            #expect(
                first.errors == "launch: MPI connects 1 rank, expected 2 as SLURM_STEP_NUM_TASKS "
                    + "says; start it with mpirun inside of the job script, or with srun "
                    + "--mpi=pmix\n")
            #expect(second.errors == "")
            #expect(first.exitCode == 77)
            #expect(second.exitCode == 77)
        }
    }

    @Test func aForcedCoreTypeIsWarnedOf() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments + ["--max-steps", "1"], in: folder,
                environment: ["OPENBLAS_CORETYPE": "Prescott"])
            let supportsAVX2 = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
                .contains(" avx2 ")
            #expect(run.count(of: "OPENBLAS_CORETYPE=Prescott") == (supportsAVX2 ? 1 : 0))
            #expect(run.exitCode == 0)
        }
    }
}
