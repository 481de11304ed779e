import Diagnostics
import Foundation
import Testing
import Training

/// Where runs part, by their ledgers.
@Suite struct LedgerComparisonTests {
    private func train(
        _ folder: TemporaryFolder, _ name: String, _ changes: [ConfigurationKey: String] = [:],
        ranks: Int = 1
    ) throws -> String {
        let path = folder.path + "/" + name
        try TestRun(changes.merging([.output: path]) { $1 }).train(ranks: ranks)
        return path
    }

    @Test("The same run on other ranks and with other checkpoints is identical")
    func identical() throws {
        let folder = try TemporaryFolder()
        let first = try train(folder, "a")
        let second = try train(
            folder, "b", [.checkpointEvery: "1step", .maxSteps: "4"], ranks: 3)
        let comparison = try LedgerComparison(first, second)
        #expect(comparison.difference == nil)
        #expect(comparison.commonSteps == 1...4)
        #expect(comparison.stepCounts == (6, 4))
        #expect(comparison.damages == [])
        #expect(comparison.hasSameSettings)
    }

    @Test("Runs of different seeds part at step 1")
    func seeds() throws {
        let folder = try TemporaryFolder()
        let comparison = try LedgerComparison(
            train(folder, "a"), train(folder, "b", [.seed: "2"]))
        #expect(comparison.difference?.step == 1)
        #expect(comparison.difference?.subject == "loss")
        #expect(!comparison.hasSameSettings)
    }

    @Test("Settings that count later part the runs later")
    func later() throws {
        let folder = try TemporaryFolder()
        let changes: [ConfigurationKey: String] = [.schedule: "step", .dropEpochs: "1"]
        let comparison = try LedgerComparison(
            train(folder, "a", changes),
            train(folder, "b", changes.merging([.gamma: "0.5"]) { $1 }))
        // The headers differ, so the chains do from the beginning; the steps of epoch 1 do not.
        #expect(comparison.difference?.step == 4)
        #expect(comparison.difference?.subject == "learning rate")
    }

    @Test("A resumed run that goes another way parts where it does")
    func resumedOtherwise() throws {
        let folder = try TemporaryFolder()
        let first = try train(folder, "a")
        let second = try train(folder, "b", [.maxSteps: "3"])
        // A step can round the lowest bit of a small value away.
        try editCheckpoint(
            second + "/checkpoints/step-000000003", tensor: "bns.0.bias", bit: 20,
            renewsState: true)
        try TestRun([.output: second, .resume: "auto"]).train()
        let comparison = try LedgerComparison(first, second)
        #expect(comparison.difference?.step == 4)
        #expect(comparison.hasSameSettings)
        #expect(comparison.damages == [])
    }

    @Test("A changed ledger is named beside the step")
    func changed() throws {
        let folder = try TemporaryFolder()
        let first = try train(folder, "a")
        let second = try train(folder, "b")
        try editLedger(second, ofStep: 5)
        let comparison = try LedgerComparison(first, second)
        #expect(comparison.difference?.step == 5)
        #expect(comparison.difference?.subject == "learning rate")
        #expect(comparison.damages.map(\.subject) == [second + "/ledger.jsonl, line 7 (step 5)"])
    }

    @Test("Networks with other tensors part at the first step")
    func networks() throws {
        let folder = try TemporaryFolder()
        let comparison = try LedgerComparison(
            train(folder, "a"), train(folder, "b", [.model: "mnist-cnn"]))
        #expect(comparison.difference?.step == 1)
    }

    @Test("What cannot be compared is told apart")
    func refused() throws {
        let folder = try TemporaryFolder()
        let first = try train(folder, "a")
        do {
            _ = try LedgerComparison(first, folder.path + "/nowhere")
            Issue.record("a missing ledger was compared")
        } catch let failure as Failure {
            #expect(failure.exitCode == .missingInput)
            #expect(failure.subject == folder.path + "/nowhere/ledger.jsonl")
        }
        let second = folder.path + "/b"
        try FileManager.default.createDirectory(
            atPath: second, withIntermediateDirectories: true)
        try Data("{}\n".utf8).write(to: URL(fileURLWithPath: second + "/ledger.jsonl"))
        do {
            _ = try LedgerComparison(first, second)
            Issue.record("a file that is no ledger was compared")
        } catch let failure as Failure {
            #expect(failure.exitCode == .badData)
            #expect(failure.found == "is no header of a ledger")
        }
    }
}
