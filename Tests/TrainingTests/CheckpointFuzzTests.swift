import Communication
import Diagnostics
import Foundation
import Interchange
import Mutation
import Testing
import Training

/// Mutated files of checkpoints, under a manifest that agrees with them.
@Suite struct CheckpointFuzzTests {
    private static let settings = ["state.json", "MANIFEST.json", "model.safetensors"]

    /// Tries one of the files in the place of the good one.
    private func tryFile(_ file: String, _ name: String, count: Int) throws {
        let checkpoint = try DamagedCheckpoint()
        let words = ConfigurationKey.allCases.map { "\"\($0.rawValue)\":" }
        var campaign = try Campaign(
            name, corpus: [Array(checkpoint.bytes(of: file))], dictionary: words, count: count,
            exitCodes: [.badData, .missingInput])
        try campaign.run { _, bytes in
            try checkpoint.write(Data(bytes), file)
            if file != "MANIFEST.json" {
                try checkpoint.write(checkpoint.bytes(of: "MANIFEST.json"), "MANIFEST.json")
                try renewManifest(checkpoint.path, of: file)
            }
            _ = try checkpoint.loadsIdentically()
        }
    }

    @Test func states() throws { try tryFile("state.json", "state", count: 300) }

    @Test func manifests() throws { try tryFile("MANIFEST.json", "manifest", count: 300) }

    @Test func tensors() throws {
        try tryFile("model.safetensors", "checkpoint-tensors", count: 50)
    }

    @Test("Descriptions of networks in the metadata of tensor files") func descriptions() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try DamagedCheckpoint()
        let model = checkpoint.path + "/model.safetensors"
        let good = try SafetensorsFile(contentsOf: URL(fileURLWithPath: model))
        let text = try #require(good.metadata["distrain"])
        let words = [
            "cifar-net", "resnet18", "speednet", "\"classNames\":[]", "\"height\":100000",
            "\"mean\":[]", "\"deviation\":[0,0,0]", "mean-squared-error",
        ]
        var campaign = try Campaign(
            "description", corpus: [Array(text.utf8)], dictionary: words, count: 200,
            exitCodes: [.badData])
        let tensors = try good.names.map {
            try TensorValue($0, shape: good.shape(of: $0), floats: good.floats(named: $0))
        }
        let file = folder.path + "/model.safetensors"
        try campaign.run { _, bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            try Safetensors.write(
                tensors, metadata: ["distrain": text], to: URL(fileURLWithPath: file))
            let network = try Model.read(from: file)
            // What is taken can be used.
            let predictor = try Predictor(network, communicator: SingleProcessCommunicator())
            #expect(predictor.classNames.count == network.description.classNames.count)
        }
    }

    @Test("Runs that go on with mutated states") func resumedRuns() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .epochs: "2"])
        try run.with([.maxSteps: "4"]).train()
        let checkpoint = path + "/checkpoints/step-000000004"
        let state = URL(fileURLWithPath: checkpoint + "/state.json")
        var overrides = RunConfigurationOverrides()
        try overrides.set(.resume, to: checkpoint)
        try overrides.set(.output, to: folder.path + "/new")
        try overrides.set(.maxSteps, to: "5")
        var campaign = try Campaign(
            "resumed-state", corpus: [Array(Data(contentsOf: state))], count: 30,
            exitCodes: [.badData, .missingInput, .usage, .badNumbers])
        try campaign.run { _, bytes in
            try Data(bytes).write(to: state)
            try renewManifest(checkpoint, of: "state.json")
            try? FileManager.default.removeItem(atPath: folder.path + "/new")
            do {
                let communicator = SingleProcessCommunicator()
                let run = try PreparedRun.open(
                    overrides, communicator: communicator, data: run.data)
                _ = try Trainer(run, communicator: communicator).run()
            } catch let agreed as AgreedFailure {
                throw agreed.entries[0].failure
            }
        }
    }
}
