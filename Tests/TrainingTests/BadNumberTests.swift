import Communication
import Diagnostics
import Foundation
import Interchange
import Testing
import Training

/// What is done about steps whose loss or gradient is NaN or infinite.
@Suite struct BadNumberTests {
    private func run(_ path: String, _ changes: [ConfigurationKey: String] = [:]) -> TestRun {
        TestRun(
            changes.merging([.output: path, .epochs: "4", .onNan: "skip"]) { first, _ in first })
    }

    /// Makes the gradient of some steps bad on one rank.
    private func breaking(
        _ steps: Set<Int>, onRank rank: Int = 0
    ) -> @Sendable (Trainer, Int) -> Void {
        { trainer, own in
            guard own == rank else { return }
            trainer.afterLoss = { made, gradient in
                if steps.contains(made + 1) { gradient[0] = .nan }
            }
        }
    }

    @Test("The first tensor with a bad gradient is named on all ranks", arguments: [1, 2, 3])
    func named(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let run = run(folder.path + "/run", [.onNan: "stop"])
        let failure = try #require(
            agreedFailure {
                try run.train(ranks: ranks, setUp: breaking([4], onRank: ranks - 1))
            })
        #expect(failure.exitCode == .badNumbers)
        #expect(failure.subject == "step 4")
        #expect(failure.found == "the gradient of convs.0.weight is NaN")
        #expect(failure.fix?.hasSuffix("; the checkpoint of step 3 is good") == true)
        let checkpoint = try Checkpoint.open(folder.path + "/run/checkpoints/last")
        #expect(checkpoint.state.progress.step == 3)
    }

    @Test("A skipped step changes nothing, is told of, and is the same on all ranks")
    func skipped() throws {
        let folder = try TemporaryFolder()
        var ledgers: Set<String> = []
        for ranks in 1...3 {
            let path = folder.path + "/run\(ranks)"
            let result = try run(path).train(
                ranks: ranks, setUp: breaking([4, 5, 8], onRank: ranks - 1))
            #expect(result.step == 12)
            let state = try Checkpoint.open(path + "/checkpoints/last").state
            #expect(state.progress.skipped?.count == 3)
            #expect(state.progress.skipped?.inARow == 0)
            ledgers.insert(try ledgerText(path))
        }
        #expect(ledgers.count == 1)
        let lines = try ledgerLines(folder.path + "/run1").filter { $0.hasPrefix("{\"step\"") }
        let skipped = lines.indices.filter { lines[$0].contains(",\"skipped\":true,") }
        #expect(skipped == [3, 4, 7])
        func fingerprints(_ index: Int) -> Substring? {
            lines[index].split(separator: "\"tensors\"").last?.prefix(100)
        }
        #expect(fingerprints(3) == fingerprints(2))
        #expect(fingerprints(4) == fingerprints(2))
        #expect(fingerprints(5) != fingerprints(2))
        let events = try events(in: folder.path + "/run2", named: "step")
        #expect(
            events.filter { $0["skipped"] as? Bool == true }.map { $0["step"] as? Int } == [
                4, 5, 8,
            ])
    }

    @Test("One warning a kind, and the count at the end")
    func warnings() throws {
        let folder = try TemporaryFolder()
        let recorder = try run(folder.path + "/run").trainOnThisThread(
            Recorder(StopRequest()), setUp: { breaking([2, 5, 6])($0, 0) })
        #expect(
            recorder.warnings == [
                "step 2 is skipped: the gradient of convs.0.weight is NaN",
                "3 steps were skipped, as the gradient of convs.0.weight is NaN",
            ])
    }

    @Test("Stopped and resumed between skipped steps", arguments: ["sgd", "adam"])
    func resumed(optimizer: String) throws {
        let folder = try TemporaryFolder()
        var changes: [ConfigurationKey: String] = [.optimizer: optimizer]
        func train(_ name: String, ranks: Int) throws -> TrainingResult {
            var run = run(folder.path + name, changes)
            if optimizer != "sgd" { run.settings[.momentum] = nil }
            return try run.train(ranks: ranks, setUp: breaking([4, 5, 6, 9]))
        }
        let whole = try train("/whole", ranks: 1)
        changes[.maxSteps] = "5"
        _ = try train("/parted", ranks: 2)
        changes[.maxSteps] = nil
        changes[.resume] = "auto"
        let resumed = try train("/parted", ranks: 3)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
        let states = try ["/whole", "/parted"].map {
            try Checkpoint.open(folder.path + $0 + "/checkpoints/last").state
        }
        #expect(states[0].ledgerChain == states[1].ledgerChain)
        #expect(states[1].progress.skipped?.count == 4)
    }

    @Test("Adam's first step is as long as its rate, also after skipped ones")
    func skippedStepsDoNotCountForAdam() throws {
        let folder = try TemporaryFolder()
        func weights(afterSteps steps: String) throws -> [Float] {
            let path = folder.path + "/run\(steps)"
            var run = run(path, [.optimizer: "adam", .schedule: "constant", .maxSteps: steps])
            run.settings[.momentum] = nil
            try run.train(setUp: breaking([1, 2]))
            let file = try SafetensorsFile(
                contentsOf: URL(fileURLWithPath: path + "/checkpoints/last/model.safetensors"))
            return try file.floats(named: "convs.0.weight")
        }
        let (start, end) = (try weights(afterSteps: "2"), try weights(afterSteps: "3"))
        // With a mean corrected as for the third step it would be 0.64 times as long.
        let longest = zip(start, end).map { abs($0 - $1) }.max()
        #expect(abs(try #require(longest) - 0.01) < 1e-5)
    }

    @Test("Ten skipped steps in a row end the run, a resume among them or not", arguments: [1, 3])
    func tooMany(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let breaking = breaking(Set(2...12))
        let whole = try #require(
            agreedFailure { try run(path).train(ranks: ranks, setUp: breaking) })
        #expect(whole.exitCode == .badNumbers)
        #expect(whole.subject == "step 11")
        #expect(whole.found.hasSuffix(", and 10 steps in a row were skipped"))
        // The parameters of step 9 are those of step 1.
        #expect(whole.fix?.hasSuffix("the checkpoint of step 9 is good") == true)
        let parted = run(folder.path + "/parted", [.maxSteps: "7"])
        _ = try parted.train(ranks: ranks, setUp: breaking)
        let resumed = agreedFailure {
            _ = try parted.with([.resume: "auto", .maxSteps: "50"]).train(
                ranks: ranks, setUp: breaking)
        }
        #expect(resumed?.subject == "step 11")
    }

    @Test("Skipped steps are verified, whoever adds up their NaNs", arguments: 1...3)
    func verified(ranks: Int) throws {
        let folder = try TemporaryFolder()
        // So high a rate makes all steps after the first bad.
        let run = run(
            folder.path + "/run",
            [.dataset: "builtin", .learningRate: "1e30", .checkpointEvery: "4steps"])
        let failure = agreedFailure { try run.train(ranks: 2) }
        #expect(failure?.subject == "step 11")
        let overrides = try run.overrides()
        for steps in [1...11, 6...8] {
            let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
                try RunVerification.run(
                    folder.path + "/run", steps: steps, communicator: communicator, data: run.data
                ) { _ in overrides }
            }
            #expect(results[0].difference == nil)
        }
    }

    @Test("A run that stopped goes on with another policy")
    func changed() throws {
        let folder = try TemporaryFolder()
        let run = run(folder.path + "/run", [.onNan: "stop"])
        #expect(
            agreedFailure { try run.train(ranks: 2, setUp: breaking([5])) }?.subject == "step 5")
        let result = try run.with([.resume: "auto", .onNan: "skip"]).train(
            ranks: 2, setUp: breaking([5]))
        #expect(result.step == 12)
    }
}
