import Diagnostics
import Foundation
import Mutation
import Testing
import Training

/// Damaged checkpoints are refused with their reason; nothing that is in a file ends the process.
@Suite struct DamageTests {
    private static let files = DamagedCheckpoint.files

    /// Cuts or flips.
    private func damaged(_ bytes: Data, with generator: inout SeededGenerator) -> Data {
        if Bool.random(using: &generator) {
            return bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
        }
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
        return bytes
    }

    private func expectRefusal(_ failure: Failure, _ file: String) {
        #expect([.badData, .missingInput].contains(failure.exitCode), "\(file): \(failure)")
        #expect(!failure.found.isEmpty && failure.subject.contains("step-000000002"))
    }

    @Test("1,200 random truncations and bit flips, with the manifest as it was")
    func underManifest() throws {
        let subject = try DamagedCheckpoint()
        var generator = SeededGenerator(seed: 1)
        var refusals = 0
        for trial in 0..<1200 {
            let file = Self.files[trial % Self.files.count]
            try subject.write(damaged(subject.bytes(of: file), with: &generator), file)
            do {
                #expect(try subject.loadsIdentically(), "\(file)")
            } catch let failure as Failure {
                expectRefusal(failure, file)
                refusals += 1
            }
            try subject.write(subject.bytes(of: file), file)
        }
        #expect(try subject.loadsIdentically())
        #expect(refusals > 1190)
    }

    @Test("600 with a manifest that agrees: what the formats themselves find, and no trap")
    func withNewManifest() throws {
        let subject = try DamagedCheckpoint()
        var generator = SeededGenerator(seed: 2)
        for trial in 0..<600 {
            let file = Self.files[trial % 3]
            // The beginning of a tensor file is its header.
            let bytes = try subject.bytes(of: file)
            let header = trial % 2 == 0 ? bytes.prefix(1500) : bytes
            let changed = damaged(header, with: &generator) + bytes.dropFirst(header.count)
            try subject.write(changed, file)
            try renewManifest(subject.path, of: file)
            do {
                _ = try subject.loadsIdentically()
            } catch let failure as Failure {
                expectRefusal(failure, file)
            }
            try subject.write(bytes, file)
            try subject.write(subject.bytes(of: "MANIFEST.json"), "MANIFEST.json")
        }
    }

    @Test(
        "A run goes on with the newest whole checkpoint, and says what it passed over",
        arguments: [
            ("truncated", "bytes"), ("bit-flipped", "contents changed"),
            ("missing file", "no such file"), ("empty folder", "cannot be read"),
            ("another run's manifest", "bytes"), ("a folder for a file", "bytes"),
            ("no JSON", "no valid JSON"),
        ])
    func newestWhole(how: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let whole = try TestRun([.output: folder.path + "/whole", .epochs: "3"]).train()
        let run = TestRun([.output: path, .epochs: "3", .checkpointEvery: "1step"])
        try run.with([.maxSteps: "5"]).train()
        try spoil(path + "/checkpoints/step-000000005", how)
        let recorder = try run.with([.resume: "auto"]).trainOnThisThread(
            Recorder(StopRequest()))
        #expect(recorder.warnings.count == 2)
        #expect(
            recorder.warnings.first?.hasPrefix("checkpoint of step 5 is not used: ") == true)
        #expect(recorder.warnings.last?.hasSuffix("of step 5 is kept as aside-…") == true)
        #expect(recorder.warnings.first?.contains(reason) == true, "\(recorder.warnings)")
        let state = try Checkpoint.open(path + "/checkpoints/step-000000009").state
        #expect(state.parametersSHA256 == whole.parametersSHA256)
        #expect(try Checkpoint.open(path + "/checkpoints/step-000000005").state.progress.step == 5)
    }

    private func spoil(_ checkpoint: String, _ how: String) throws {
        let files = FileManager.default
        let model = checkpoint + "/model.safetensors"
        switch how {
        case "truncated":
            try FileHandle(forWritingTo: URL(fileURLWithPath: model)).truncate(atOffset: 999)
        case "bit-flipped":
            var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
            bytes[bytes.count - 5] ^= 16
            try bytes.write(to: URL(fileURLWithPath: model))
        case "missing file": try files.removeItem(atPath: checkpoint + "/optimizer.safetensors")
        case "empty folder":
            for file in Self.files { try files.removeItem(atPath: checkpoint + "/" + file) }
        case "another run's manifest":
            let other = checkpoint + "/../../../other"
            try TestRun([.output: other, .model: "mnist-cnn", .maxSteps: "1"]).train()
            try files.removeItem(atPath: checkpoint + "/MANIFEST.json")
            try files.copyItem(
                atPath: other + "/checkpoints/last/MANIFEST.json",
                toPath: checkpoint + "/MANIFEST.json")
        case "a folder for a file":
            try files.removeItem(atPath: model)
            try files.createDirectory(atPath: model, withIntermediateDirectories: false)
        default:
            try Data("step".utf8).write(to: URL(fileURLWithPath: checkpoint + "/MANIFEST.json"))
        }
    }

    @Test("Where no checkpoint is whole the run begins anew, and says so")
    func noneIsWhole() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path])
        let whole = try run.train()
        for step in [3, 6] {
            try spoil(path + "/checkpoints/step-00000000\(step)", "truncated")
        }
        let recorder = try run.with([.resume: "auto"]).trainOnThisThread(
            Recorder(StopRequest()))
        #expect(
            recorder.warnings.dropFirst(2) == [
                "\(path): no checkpoint is whole; the run begins anew",
                "\(path)/checkpoints: what was there of steps 3, 6 is kept as aside-…",
            ])
        let state = try Checkpoint.open(path + "/checkpoints/last").state
        #expect(state.parametersSHA256 == whole.parametersSHA256)
    }
}
