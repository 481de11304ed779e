import Communication
import Diagnostics
import Foundation
import Testing
import Training

/// A run in parts is the run in one piece.
@Suite struct ResumeTests {
    static let optimizers: [[ConfigurationKey: String]] = [
        [.optimizer: "sgd", .momentum: "0.9", .nesterov: "true"],
        [.optimizer: "adam", .momentum: "", .schedule: "cosine"],
        [.optimizer: "adamw", .momentum: "", .gradientClip: "0.5"],
        [.optimizer: "rmsprop", .centered: "true", .schedule: "onecycle"],
        [.optimizer: "adagrad", .momentum: "", .warmupEpochs: "0.5"],
        [.optimizer: "lars"], [.optimizer: "lamb", .momentum: ""], [.optimizer: "muon"],
    ]

    private func run(_ changes: [ConfigurationKey: String], in path: String) -> TestRun {
        var run = TestRun(changes.merging([.output: path, .epochs: "3"]) { $1 })
        if changes[.momentum] == "" { run.settings[.momentum] = nil }
        run.settings[.logEvery] = "1"
        return run
    }

    @Test("Stopped in the middle of an epoch", arguments: optimizers, [1, 2])
    func midEpoch(_ optimizer: [ConfigurationKey: String], ranks: Int) throws {
        let folder = try TemporaryFolder()
        let whole = try run(optimizer, in: folder.path + "/whole").train(ranks: ranks)
        let parted = run(optimizer, in: folder.path + "/parted")
        try parted.with([.maxSteps: "5"]).train(ranks: ranks)
        let resumed = try parted.with([.resume: "auto"]).train(ranks: ranks)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
        #expect(resumed.step == 9)
        try expectSameLogs(folder.path + "/whole", folder.path + "/parted")
    }

    @Test("Resumed on another number of ranks")
    func otherRanks() throws {
        let folder = try TemporaryFolder()
        let whole = try run([:], in: folder.path + "/whole").train(ranks: 1)
        let parted = run([:], in: folder.path + "/parted")
        try parted.with([.maxSteps: "2"]).train(ranks: 2)
        try parted.with([.maxSteps: "7", .resume: "auto"]).train(ranks: 4)
        let resumed = try parted.with([.resume: "auto"]).train(ranks: 3)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
        try expectSameLogs(folder.path + "/whole", folder.path + "/parted")
    }

    @Test("Resumed with images that are changed and mixed")
    func augmentedImages() throws {
        let settings: [ConfigurationKey: String] = [.augment: DeterminismTests.operations]
        let folder = try TemporaryFolder()
        let whole = try run(settings, in: folder.path + "/whole").train(ranks: 1)
        let parted = run(settings, in: folder.path + "/parted")
        try parted.with([.maxSteps: "4"]).train(ranks: 2)
        let resumed = try parted.with([.resume: "auto"]).train(ranks: 3)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
        try expectSameLogs(folder.path + "/whole", folder.path + "/parted")
    }

    @Test("Stopped by a signal, also at the last step of an epoch", arguments: [1, 2, 3, 5])
    func stopRequest(step: Int) throws {
        let folder = try TemporaryFolder()
        let whole = try run([:], in: folder.path + "/whole").train(ranks: 2)
        let parted = run([:], in: folder.path + "/parted")
        let stopped = try parted.train(ranks: 2) { Recorder($0, afterStep: step) }
        // The wish is known to all ranks at the end of the next step.
        #expect(stopped.end == .requeue)
        #expect(stopped.step == step + 1)
        #expect(stopped.validation == nil)
        let resumed = try parted.with([.resume: "auto"]).train(ranks: 2)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
        #expect(resumed.validation == whole.validation)
        try expectSameLogs(folder.path + "/whole", folder.path + "/parted")
    }

    @Test("The time is up")
    func timeIsUp() throws {
        let folder = try TemporaryFolder()
        let result = try TestRun([
            .output: folder.path + "/run", .epochs: "100000", .maxTime: "1s",
            .checkpointEvery: "100000epochs", .monitor: "val_loss",
        ]).train(ranks: 2)
        #expect(result.end == .requeue)
        let state = try Checkpoint.open(folder.path + "/run/checkpoints/last").state
        #expect(state.progress.step == result.step)
    }

    @Test("A finished run that is resumed stays as it is")
    func finished() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let first = try run([:], in: path).train()
        let again = try run([.resume: "auto"], in: path).train()
        #expect(again.step == first.step)
        #expect(again.parametersSHA256 == first.parametersSHA256)
        #expect(again.validation == first.validation)
        #expect(try events(in: path, named: "final").count == 1)
    }

    @Test("A change that would change the result is refused by name")
    func changed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try run([.maxSteps: "2"], in: path).train()
        for (key, text) in [
            (ConfigurationKey.learningRate, "0.02"), (.batchSize, "64"), (.seed, "5"),
            (.model, "mnist-cnn"), (.labelSmoothing, "0.1"), (.reduction, "mpi"),
        ] {
            let changed = run([.resume: "auto", key: text], in: path)
            let failure = agreedFailure { try changed.train(ranks: 2) }
            #expect(failure?.exitCode == .usage)
            #expect(failure?.subject == key.flag)
        }
        let harmless = run(
            [.resume: "auto", .keep: "7", .logEvery: "3", .loaderThreads: "2"], in: path)
        #expect(try harmless.train().step == 9)
    }

    @Test("The configuration comes from the checkpoint where nothing is said")
    func storedConfiguration() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try run([.maxSteps: "2", .learningRate: "0.003"], in: path).train()
        let whole = try run([.learningRate: "0.003"], in: folder.path + "/whole").train()
        var bare = TestRun()
        bare.settings = [.resume: path, .maxSteps: "1000"]
        let result = try bare.train()
        #expect(result.folder == path)
        #expect(result.parametersSHA256 == whole.parametersSHA256)
    }

    /// Compares steps and epochs, but for the times.
    private func expectSameLogs(_ first: String, _ second: String) throws {
        for name in ["step", "epoch", "final"] {
            let logs = try [first, second].map { folder in
                try events(in: folder, named: name).map { event in
                    event.filter { !["seconds", "images_per_second"].contains($0.key) }
                        .mapValues { "\($0)" }
                }
            }
            #expect(!logs[0].isEmpty)
            #expect(logs[0] == logs[1])
        }
    }
}
