import Communication
import Crypto
import Diagnostics
import Foundation
import Interchange
import Testing
import Training

@Suite struct CheckpointTests {
    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints").sorted()
    }

    private func target(of name: String, in folder: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(
            atPath: folder + "/checkpoints/" + name)
    }

    @Test("The newest are kept, and the best and the last")
    func keep() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try TestRun([
            .output: path, .epochs: "5", .keep: "2", .learningRate: "0.0000001",
            .monitor: "val_loss",
        ]).train()
        let names = try names(in: path)
        #expect(names.contains("best") && names.contains("last"))
        let steps = names.filter { $0.hasPrefix("step-") }
        #expect(steps.suffix(2) == ["step-000000012", "step-000000015"])
        #expect(try target(of: "last", in: path) == "step-000000015")
        #expect(steps.contains(try target(of: "best", in: path)))
        #expect(steps.count == Set(steps.suffix(2) + [try target(of: "best", in: path)]).count)
    }

    @Test("Checkpoints by steps, in the middle of epochs")
    func bySteps() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try TestRun([.output: path, .checkpointEvery: "4steps", .monitor: "val_loss"]).train()
        let steps = try names(in: path).filter { $0.hasPrefix("step-") }
        #expect(steps.contains("step-000000004"))
        #expect(steps.contains("step-000000006"))
        #expect(try Checkpoint.open(path + "/checkpoints/step-000000004").state.progress.epoch == 1)
    }

    @Test("A second name by a template")
    func template() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try TestRun([
            .output: path, .checkpointName: "{epoch:02}-{val_accuracy:.2f}",
        ]).train()
        let epochs = try events(in: path, named: "epoch")
        for (number, epoch) in epochs.enumerated() {
            let accuracy = String(format: "%.2f", epoch["val_accuracy"] as? Double ?? -1)
            let name = "0\(number + 1)-\(accuracy)"
            #expect(try target(of: name, in: path) == "step-00000000\(3 * (number + 1))")
        }
    }

    @Test("The sha256 is that of the file's tensors in the order of their names")
    func hash() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let result = try TestRun([.output: path]).train(ranks: 2)
        let file = try SafetensorsFile(
            contentsOf: URL(fileURLWithPath: path + "/checkpoints/last/model.safetensors"))
        var hash = SHA256()
        let names = file.names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        #expect(names.contains("convs.0.weight") && names.contains("bns.2.running_var"))
        for name in names {
            for value in try file.floats(named: name) {
                withUnsafeBytes(of: value.bitPattern.littleEndian) {
                    hash.update(bufferPointer: $0)
                }
            }
        }
        let digits = hash.finalize().map { String(format: "%02x", $0) }.joined()
        #expect(result.parametersSHA256 == digits)
        let state = try Checkpoint.open(path + "/checkpoints/last").state
        #expect(state.parametersSHA256 == digits)
        #expect(try file.shape(of: "convs.1.weight") == [64, 64, 3, 3])
        let final = try events(in: path, named: "final")
        #expect(final.first?["parameters_sha256"] as? String == digits)
    }

    @Test(
        "A damaged checkpoint is passed over, with its reason",
        arguments: [
            ("model.safetensors", "bytes"), ("optimizer.safetensors", "contents changed"),
            ("state.json", "contents changed"), ("MANIFEST.json", "cannot be read"),
        ])
    func damaged(file: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let whole = try TestRun([.output: folder.path + "/whole", .epochs: "3"]).train()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .epochs: "3", .checkpointEvery: "1step"])
        try run.with([.maxSteps: "5"]).train()
        let damaged = path + "/checkpoints/step-000000005/" + file
        switch reason {
        case "bytes":
            try FileHandle(forWritingTo: URL(fileURLWithPath: damaged)).truncate(atOffset: 1000)
        case "contents changed":
            var data = try Data(contentsOf: URL(fileURLWithPath: damaged))
            data[data.count / 2] ^= 4
            try data.write(to: URL(fileURLWithPath: damaged))
        default: try FileManager.default.removeItem(atPath: damaged)
        }

        let warnings = try warnings(run.with([.resume: "auto", .maxSteps: "4"]))
        #expect(warnings.contains { $0.contains("step 5") && $0.contains(reason) })
        let resumed = try run.with([.resume: "auto"]).train(ranks: 2)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
    }

    private func warnings(_ run: TestRun) throws -> [String] {
        let overrides = try run.overrides()
        let communicator = SingleProcessCommunicator()
        return try PreparedRun.open(overrides, communicator: communicator, data: run.data).notes
    }

    @Test("What is no checkpoint is told apart")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: Failure.self) { try Checkpoint.open(folder.path + "/nowhere") }
        let failure = try #require(throws: Failure.self) { try Checkpoint.open(folder.path) }
        #expect(failure.exitCode == .missingInput)
        #expect(failure.found == "has no checkpoint")
        let run = TestRun([.resume: folder.path + "/nowhere"])
        #expect(agreedFailure { try run.train(ranks: 2) }?.exitCode == .missingInput)
    }

    @Test(
        "A checkpoint is enough to evaluate and predict, on any number of ranks",
        arguments: ["none", "resize:10,center-crop:9,median:3"])
    func evaluateAndPredict(preprocess: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([
            .output: path, .epochs: "4", .augment: "none", .preprocess: preprocess,
        ])
        let result = try run.train()
        let data = run.data
        let last = path + "/checkpoints/last"
        for ranks in 1...5 {
            let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
                let model = try Checkpoint.open(last).model()
                let images = try model.description.input.preparingValidation(of: data)
                let evaluation = try Evaluator(model, communicator: communicator)
                    .evaluate(images)
                let predictions = try Predictor(model, communicator: communicator)
                    .predict(images)
                return (evaluation, predictions)
            }
            #expect(results.allSatisfy { $0.0 == result.validation })
            let predictions = try #require(results[0].1)
            let hits = predictions.indices.count { predictions[$0].label == $0 % 4 }
            #expect(hits == result.validation?.counts?.correctCount)
            #expect(predictions.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-5 })
            #expect(results.dropFirst().allSatisfy { $0.1 == nil })
        }
    }
}
