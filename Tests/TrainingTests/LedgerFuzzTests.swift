import Communication
import Diagnostics
import Foundation
import Mutation
import Testing
import Training

/// Mutated ledgers and locks.
@Suite struct LedgerFuzzTests {
    /// A run of two epochs, and a second folder with its checkpoints and configuration.
    private func trained(_ folder: TemporaryFolder) throws -> (run: TestRun, ledger: URL) {
        let run = TestRun([.output: folder.path + "/a", .checkpointEvery: "2steps"])
        try run.train()
        try FileManager.default.copyItem(
            atPath: folder.path + "/a", toPath: folder.path + "/b")
        return (run, URL(fileURLWithPath: folder.path + "/b/ledger.jsonl"))
    }

    private static let words = [
        "\"begins_after\":9223372036854775807", "\"begins_after\":-1", "\"step\":1", "\"step\":0",
        "\"checkpoint\":6", "\"format\":1", "\"loss\":\"7ff0000000000000\"", "\"tensors\":[]",
        "\"chain\":\"",
    ]

    @Test func comparisons() throws {
        let folder = try TemporaryFolder()
        let (_, ledger) = try trained(folder)
        var campaign = try Campaign(
            "ledger", corpus: [Array(Data(contentsOf: ledger))], dictionary: Self.words,
            count: 300, exitCodes: [.badData])
        try campaign.run { _, bytes in
            try Data(bytes).write(to: ledger)
            for (first, second) in [("/a", "/b"), ("/b", "/a"), ("/b", "/b")] {
                let comparison = try LedgerComparison(folder.path + first, folder.path + second)
                #expect(comparison.stepCounts.first >= 0 && comparison.stepCounts.second >= 0)
            }
        }
    }

    @Test("Chains that agree with mutated lines") func rechained() throws {
        let folder = try TemporaryFolder()
        let (_, ledger) = try trained(folder)
        var campaign = try Campaign(
            "ledger-rechained", corpus: [Array(Data(contentsOf: ledger))], dictionary: Self.words,
            count: 300, exitCodes: [.badData])
        try campaign.run { _, bytes in
            try Data(bytes).write(to: ledger)
            try rechainLedger(folder.path + "/b")
            _ = try LedgerComparison(folder.path + "/a", folder.path + "/b")
        }
    }

    @Test func resumedRuns() throws {
        let folder = try TemporaryFolder()
        let (run, ledger) = try trained(folder)
        let checkpoints = folder.path + "/b/checkpoints"
        for step in [4, 6] {
            try FileManager.default.removeItem(atPath: checkpoints + "/step-00000000\(step)")
        }
        var campaign = try Campaign(
            "ledger-resumed", corpus: [Array(Data(contentsOf: ledger))], dictionary: Self.words,
            count: 15, exitCodes: [])
        try campaign.run { _, bytes in
            try Data(bytes).write(to: ledger)
            let result = try run.with([.output: folder.path + "/b", .resume: "auto"])
                .with([.maxSteps: "3", .checkpointEvery: "1000steps"]).train()
            #expect(result.step == 3)
            // The run's end left a checkpoint.
            try FileManager.default.removeItem(atPath: checkpoints + "/step-000000003")
        }
    }

    @Test("Notes in the file of a lock that is held") func locks() throws {
        let folder = try TemporaryFolder()
        let run = TestRun([.output: folder.path + "/run"])
        func open() throws -> PreparedRun {
            try PreparedRun.open(
                run.overrides(), communicator: SingleProcessCommunicator(), data: run.data)
        }
        let holder = try open()
        let file = URL(fileURLWithPath: folder.path + "/run/run.lock")
        var campaign = try Campaign(
            "lock", corpus: [Array(Data(contentsOf: file))], count: 500,
            exitCodes: [.badLaunch])
        try campaign.run { _, bytes in
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(bytes))
            do {
                _ = try open()
                Issue.record("two jobs have the lock")
            } catch let agreed as AgreedFailure {
                throw agreed.entries[0].failure
            }
        }
        withExtendedLifetime(holder) {}
    }
}
