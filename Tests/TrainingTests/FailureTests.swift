import Communication
import Diagnostics
import Foundation
import Testing
import Training

@Suite struct FailureTests {
    @Test("Bad numbers end the run on all ranks, and name the step", arguments: [1, 3])
    func badNumbers(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .learningRate: "1e30", .checkpointEvery: "1step"])
        let failure = try #require(agreedFailure { try run.train(ranks: ranks) })
        #expect(failure.exitCode == .badNumbers)
        #expect(failure.subject == "step 2")
        #expect(failure.fix?.contains("the checkpoint of step 1 is good") == true)
        #expect(try Checkpoint.open(path + "/checkpoints/last").state.progress.step == 1)
    }

    @Test("More ranks than microbatches are refused with what would work")
    func tooManyRanks() throws {
        let folder = try TemporaryFolder()
        let run = TestRun([.output: folder.path + "/run"])
        let failure = try #require(agreedFailure { try run.train(ranks: 5) })
        #expect(failure.exitCode == .badLaunch)
        #expect(failure.fix == "use --microbatch 6, --batch-size 40, or at most 4 ranks")
        #expect(
            try TestRun([.output: folder.path + "/b", .microbatch: "6"]).train(ranks: 5).step == 6)
        #expect(
            try TestRun([.output: folder.path + "/c", .batchSize: "40"]).train(ranks: 5).step == 4)
    }

    @Test("A run is never written over")
    func existing() throws {
        let folder = try TemporaryFolder()
        let run = TestRun([.output: folder.path + "/run", .maxSteps: "1"])
        try run.train()
        let failure = agreedFailure { try run.train(ranks: 2) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == "--output")
    }

    @Test("An epoch without improvement ends the run after the given patience")
    func earlyStopping() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        // The rate is so small that the accuracy stays as it is.
        let result = try TestRun([
            .output: path, .epochs: "20", .learningRate: "1e-12", .earlyStoppingPatience: "3",
            .monitor: "val_accuracy",
        ]).train(ranks: 2)
        let epochs = try events(in: path, named: "epoch")
        #expect(result.end == .stoppedEarly)
        #expect(epochs.count < 20)
        let state = try Checkpoint.open(path + "/checkpoints/last").state.progress
        #expect(state.epochsWithoutImprovement == 3)
        #expect(state.step == 3 * epochs.count)
        #expect(state.bestStep == 3 * (epochs.count - 3))
    }

    @Test("A disk without room costs a warning, and the older checkpoints stay")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let probe = try probePath()
        let path = folder.path + "/run"
        let first = try bash("'\(probe)' train '\(path)' 1")
        #expect(first.status == 0)
        #expect(first.output.contains("checkpoint 2"))
        // No file may grow beyond 64 KiB, as if the disk were full.
        let second = try bash("trap '' XFSZ; ulimit -f 64; exec '\(probe)' train '\(path)' 3")
        #expect(second.output.contains("warning: no checkpoint was written at step 4"))
        #expect(second.output.contains("File too large"))
        #expect(second.output.contains("finished at step 6"))
        // The last parameters are not on disk, and the exit code says so.
        #expect(second.status == ExitCode.inputOutput.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints")
        #expect(names.sorted() == ["best", "last", "step-000000002"])
        #expect(try Checkpoint.open(path + "/checkpoints/last").state.progress.step == 2)
    }
}
