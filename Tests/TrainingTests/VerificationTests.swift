import Communication
import Diagnostics
import Foundation
import Testing
import Training

/// Runs that are computed again beside their ledgers.
@Suite struct VerificationTests {
    /// A finished run of 9 steps with a checkpoint after every second.
    private func finishedRun(
        in folder: TemporaryFolder, _ changes: [ConfigurationKey: String] = [:]
    ) throws -> TestRun {
        let settings: [ConfigurationKey: String] = [
            .dataset: "builtin", .output: folder.path + "/run", .epochs: "3",
            .checkpointEvery: "2steps", .monitor: "val_loss",
        ]
        var run = TestRun(settings.merging(changes) { $1 })
        if run.settings[.optimizer] == "adam" { run.settings[.momentum] = nil }
        try run.train(ranks: 2)
        return run
    }

    private func verify(
        _ run: TestRun, steps: ClosedRange<Int>? = nil, ranks: Int = 1
    ) throws -> RunVerification {
        let overrides = try run.overrides()
        let folder = run.settings[.output] ?? ""
        let data = run.data
        let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
            try RunVerification.run(
                folder, steps: steps, communicator: communicator, data: data
            ) { _ in overrides }
        }
        #expect(results.allSatisfy { $0.difference == results[0].difference })
        return results[0]
    }

    /// The path and contents of every file in a folder.
    private func contents(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
            })
    }

    @Test("All steps from the seed, on any number of ranks", arguments: 1...3)
    func all(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder)
        let before = try contents(folder.path)
        let result = try verify(run, ranks: ranks)
        #expect(result.difference == nil)
        #expect(result.steps == 1...9)
        #expect(result.firstReplayed == 1)
        #expect(result.checkpoint == nil)
        #expect(result.rankCount == ranks)
        #expect(result.notes == [])
        #expect(try contents(folder.path) == before)
    }

    @Test("From the nearest checkpoint, for each optimizer's state", arguments: ["sgd", "adam"])
    func fromCheckpoint(optimizer: String) throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder, [.optimizer: optimizer])
        let result = try verify(run, steps: 6...8, ranks: 2)
        #expect(result.difference == nil)
        #expect(result.firstReplayed == 5)
        #expect(result.checkpoint?.hasSuffix("step-000000004") == true)
        // A checkpoint that lies on an epoch's end.
        #expect(try verify(run, steps: 7...9).firstReplayed == 7)
    }

    @Test("A damaged checkpoint is passed over with a note")
    func passedOver() throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder)
        let damaged = folder.path + "/run/checkpoints/step-000000004/state.json"
        try FileManager.default.removeItem(atPath: damaged)
        let result = try verify(run, steps: 5...6)
        #expect(result.difference == nil)
        #expect(result.firstReplayed == 4)
        #expect(result.notes.count == 1)
        #expect(result.notes.first?.hasPrefix("checkpoint of step 4 is not used: ") == true)
    }

    @Test("An edited line is named, before anything is computed")
    func editedLine() throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder)
        try editLedger(folder.path + "/run", ofStep: 3)
        let failure = agreedFailure { _ = try verify(run, steps: 7...8, ranks: 2) }
        #expect(failure?.exitCode == .badData)
        // The header, two steps and the checkpoint of the second stand before it.
        #expect(failure?.subject == folder.path + "/run/ledger.jsonl, line 5 (step 3)")
        #expect(failure?.found == "was changed after it was written")
    }

    @Test("An edited line whose chain was made anew disagrees with checkpoints and computing")
    func rechainedLine() throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder, [.schedule: "constant"])
        try editLedger(folder.path + "/run", ofStep: 3, rechained: true)
        let failure = agreedFailure { _ = try verify(run, steps: 7...8) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.found == "another one: a step before was changed")
        let difference = try #require(try verify(run, steps: 3...3).difference)
        #expect(difference.step == 3)
        #expect(difference.subject == "learning rate")
        #expect(difference.first == "0.01 (3f847ae147ae147b)")
    }

    @Test("A checkpoint with another weight is found, and the tensor is named", arguments: [1, 2])
    func editedWeight(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder)
        try editCheckpoint(
            folder.path + "/run/checkpoints/step-000000004", tensor: "convs.1.weight")
        let difference = try #require(try verify(run, steps: 5...6, ranks: ranks).difference)
        #expect(difference.step == 4)
        #expect(difference.subject == "tensor convs.1.weight")
        // Other checkpoints are as they were.
        #expect(try verify(run, steps: 7...9).difference == nil)
    }

    @Test("What the ledger lost is not missed; what follows is compared")
    func begunAnew() throws {
        let folder = try TemporaryFolder()
        let run = TestRun([
            .dataset: "builtin", .output: folder.path + "/run", .epochs: "3",
        ])
        try run.with([.maxSteps: "5"]).train()
        try FileManager.default.removeItem(atPath: folder.path + "/run/ledger.jsonl")
        try run.with([.resume: "auto"]).train()
        let result = try verify(run)
        #expect(result.steps == 6...9)
        #expect(result.firstReplayed == 6)
        #expect(result.difference == nil)
    }

    @Test("What cannot be verified is told apart")
    func refused() throws {
        let folder = try TemporaryFolder()
        let run = try finishedRun(in: folder)
        for steps in [0...3, 5...10, 10...11] {
            let failure = agreedFailure { _ = try verify(run, steps: steps, ranks: 2) }
            #expect(failure?.exitCode == .usage)
            #expect(failure?.expected == "a part of the ledger's steps 1-9")
        }
        let other = agreedFailure { _ = try verify(run.with([.learningRate: "0.02"])) }
        #expect(other?.exitCode == .badData)
        #expect(other?.subject == folder.path + "/run/config.yml")
        #expect(agreedFailure { _ = try verify(run, ranks: 5) }?.exitCode == .badLaunch)
        try FileManager.default.removeItem(atPath: folder.path + "/run/ledger.jsonl")
        let missing = agreedFailure { _ = try verify(run, ranks: 2) }
        #expect(missing?.exitCode == .missingInput)
        #expect(missing?.subject == folder.path + "/run/ledger.jsonl")
    }
}
