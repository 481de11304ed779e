import Foundation
import Layers
import Optimizers
import Training

/// A checkpoint of two steps that can be damaged again and again.
final class DamagedCheckpoint {
    static let files = [
        "model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json",
    ]

    private let folder: TemporaryFolder
    let path: String
    private let whole: [String: Data]
    private let sha256: String
    private let slots: [Float]

    init() throws {
        folder = try TemporaryFolder()
        let run = TestRun([
            .model: "mnist-cnn", .output: folder.path + "/run", .maxSteps: "2", .optimizer: "sgd",
        ])
        sha256 = try run.train().parametersSHA256
        path = folder.path + "/run/checkpoints/step-000000002"
        var whole: [String: Data] = [:]
        for file in Self.files {
            whole[file] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + file))
        }
        self.whole = whole
        slots = try Self.restored(path).slots
    }

    /// Loads the checkpoint as a run does that goes on with it.
    private static func restored(_ path: String) throws -> (sha256: String, slots: [Float]) {
        let checkpoint = try Checkpoint.open(path)
        _ = try checkpoint.state.configuration.resumed(with: RunConfigurationOverrides())
        let model = try checkpoint.model()
        let optimizer = OptimizerState(
            try OptimizerCatalog.make("sgd", OptimizerSettings(momentum: 0.9)),
            layout: model.layout, memory: Arena.init(count:))
        try ResumePoint(checkpoint).restore(model, optimizer)
        let slots = UnsafeBufferPointer(start: optimizer.slots.base, count: optimizer.slots.count)
        return (model.sha256(), Array(slots))
    }

    func write(_ bytes: Data, _ file: String) throws {
        try bytes.write(to: URL(fileURLWithPath: path + "/" + file))
    }

    /// What a file was before any damage.
    func bytes(of file: String) throws -> Data {
        guard let bytes = whole[file] else { throw CocoaError(.fileNoSuchFile) }
        return bytes
    }

    /// Whether the checkpoint loads to the values that it had; a refusal is thrown.
    func loadsIdentically() throws -> Bool {
        let found = try Self.restored(path)
        return found.sha256 == sha256
            && found.slots.elementsEqual(slots) { $0.bitPattern == $1.bitPattern }
    }
}
