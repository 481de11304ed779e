import Communication
import Datasets
import Diagnostics
import Foundation
import Interchange
import Testing
import Training

/// Inputs that once ended the process, or asked for memory without bound.
@Suite struct BadInputTests {
    private func replace(_ old: String, with new: String, in path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(old), "\(path) has no \(old)")
        try Data(text.replacing(old, with: new).utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test(
        "A ledger that begins after more steps than can be counted",
        arguments: ["-1", "\(Int.max)"])
    func ledgerBeginning(step: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try TestRun([.output: path, .maxSteps: "2"]).train()
        try replace(
            "\"begins_after\":0", with: "\"begins_after\":\(step)", in: path + "/ledger.jsonl")
        let failure = try #require(throws: Failure.self) { try LedgerComparison(path, path) }
        #expect(failure.exitCode == .badData && failure.found == "begins after step \(step)")
    }

    @Test(
        "A checkpoint at a place that no run comes to",
        arguments: [
            ("\"step\":4", "\"step\":-4"), ("\"step\":4", "\"step\":\(Int.max)"),
            ("\"step\":4", "\"step\":5"), ("\"step_in_epoch\":1", "\"step_in_epoch\":-1"),
            ("\"epoch\":1", "\"epoch\":\(Int.max)"), ("\"seconds\":", "\"seconds\":1e308,\"old\":"),
            ("\"epoch_image_count\":", "\"epoch_image_count\":-1,\"old\":"),
            (
                "\"epochs_without_improvement\":",
                "\"epochs_without_improvement\":\(Int.max),\"old\":"
            ),
        ])
    func progress(old: String, new: String) throws {
        let folder = try TemporaryFolder()
        let run = TestRun([.output: folder.path + "/run"])
        try run.with([.maxSteps: "4"]).train()
        let checkpoint = folder.path + "/run/checkpoints/step-000000004"
        try replace(old, with: new, in: checkpoint + "/state.json")
        try renewManifest(checkpoint, of: "state.json")
        let resumed = run.with([.resume: "auto"])
        // A run may have taken any time so far.
        guard !new.contains("seconds") else {
            #expect(try resumed.train().end == .complete)
            return
        }
        #expect(agreedFailure { try resumed.train() }?.exitCode == .badData)
    }

    @Test(
        "A ledger's value in a checkpoint that is no hash",
        arguments: ["", "7", "18446744073709551615"])
    func chain(prefix: String) throws {
        let checkpoint = try DamagedCheckpoint()
        let state = String(decoding: try checkpoint.bytes(of: "state.json"), as: UTF8.self)
        let pattern = try Regex("\"ledger_chain\":\"..")
        let changed = state.replacing(pattern, with: "\"ledger_chain\":\"\(prefix)")
        #expect(changed != state)
        try checkpoint.write(Data(changed.utf8), "state.json")
        try renewManifest(checkpoint.path, of: "state.json")
        let failure = try #require(throws: Failure.self) { try checkpoint.loadsIdentically() }
        #expect(failure.exitCode == .badData && failure.subject.hasSuffix("ledger_chain"))
    }

    @Test(
        "A setting in a checkpoint that no user may give",
        arguments: [("keep", "0"), ("batch_size", "\(Int.max)"), ("loader_threads", "1000000")])
    func settings(key: String, value: String) throws {
        let checkpoint = try DamagedCheckpoint()
        let state = String(decoding: try checkpoint.bytes(of: "state.json"), as: UTF8.self)
        let pattern = try Regex("\"\(key)\":[0-9]+")
        let changed = state.replacing(pattern, with: "\"\(key)\":\(value)")
        #expect(changed != state)
        try checkpoint.write(Data(changed.utf8), "state.json")
        try renewManifest(checkpoint.path, of: "state.json")
        let failure = try #require(throws: Failure.self) { try checkpoint.loadsIdentically() }
        #expect(failure.exitCode == .badData && failure.subject.hasSuffix("state.json"))
    }

    @Test(
        "A network for images that nobody has",
        arguments: [
            (#""height":8,"#, #""height":100000,"#), (#""height":8,"#, #""height":1,"#),
            (#""channels":3"#, #""channels":2"#), (#"["a","b","c","d"]"#, "[]"),
            ("mnist-cnn", "no-net"), (#""height":8,"#, #""height":-8,"#),
        ])
    func descriptions(old: String, new: String) throws {
        let checkpoint = try DamagedCheckpoint()
        let path = checkpoint.path + "/model.safetensors"
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        let text = try #require(file.metadata["distrain"])
        #expect(text.contains(old), "\(text)")
        let tensors = try file.names.map {
            try TensorValue($0, shape: file.shape(of: $0), floats: file.floats(named: $0))
        }
        try Safetensors.write(
            tensors, metadata: ["distrain": text.replacing(old, with: new)],
            to: URL(fileURLWithPath: path))
        let failure = try #require(throws: Failure.self) { try Model.read(from: path) }
        #expect(failure.exitCode == .badData && failure.subject == path, "\(failure)")
    }

    @Test("A file of a checkpoint that is a pipe, a device or far too large")
    func otherFiles() throws {
        let checkpoint = try DamagedCheckpoint()
        let manifest = checkpoint.path + "/MANIFEST.json"
        for make in ["mkfifo", "ln -s /dev/zero", "truncate -s 1T"] {
            try FileManager.default.removeItem(atPath: manifest)
            #expect(try bash("\(make) '\(manifest)'").status == 0)
            let failure = try #require(throws: Failure.self) {
                try Checkpoint.open(checkpoint.path)
            }
            #expect(failure.exitCode == .badData && failure.subject == manifest, "\(failure)")
        }
    }

    @Test("What the file of a lock says is shown, not obeyed")
    func lockNotes() throws {
        let folder = try TemporaryFolder()
        let run = TestRun([.output: folder.path + "/run"])
        func open() throws -> PreparedRun {
            try PreparedRun.open(
                run.overrides(), communicator: SingleProcessCommunicator(), data: run.data)
        }
        let holder = try open()
        let note = #"{"host":"a\u001b[2J","process":1,"started":"\n"}"#
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/run/run.lock"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(note.utf8))
        let failure = try #require(agreedFailure { _ = try open() })
        #expect("\(failure)".contains(#"process 1 on a\u{1B}[2J, which started at \n"#))
        withExtendedLifetime(holder) {}
    }

    @Test(
        "Numbers that cannot be multiplied",
        arguments: [
            (ConfigurationKey.epochs, "\(Int.max)"), (.batchSize, "\(Int.max)"),
            (.dropEpochs, "4294967296"), (.checkpointEvery, "\(Int.max)epochs"),
            (.keep, "\(Int.max)"), (.sentinelEvery, "\(Int.max)"), (.loaderThreads, "2000"),
            (.maxSteps, "\(Int.max)"), (.earlyStoppingPatience, "\(Int.max)"),
            (.hidden, "\(1 << 62),1"), (.hidden, "0"),
            (.hidden, Array(repeating: "2", count: 2000).joined(separator: ",")),
            (.trees, "3000000000"), (.minSamplesLeaf, "\(Int.max)"), (.maxDepth, "0"),
        ])
    func counts(key: ConfigurationKey, text: String) throws {
        var overrides = RunConfigurationOverrides()
        try overrides.set(key, to: text)
        let isOfTrees = [.trees, .minSamplesLeaf, .maxDepth].contains(key)
        if isOfTrees { try overrides.set(.model, to: "random-forest") }
        if key == .hidden { try overrides.set(.model, to: "mlp") }
        let failure = try #require(throws: Failure.self) {
            if isOfTrees {
                _ = try RunConfiguration.resolved(overrides, dataset: .csv("t.csv"))
            } else {
                _ = try TrainingNeeds(overrides, rankCount: 1)
            }
        }
        #expect(failure.exitCode == .usage && failure.subject == key.flag, "\(failure)")
    }

    @Test("The largest numbers that are allowed together")
    func largestCounts() throws {
        var overrides = RunConfigurationOverrides()
        for key in [
            ConfigurationKey.epochs, .batchSize, .microbatch, .dropEpochs, .keep, .maxSteps,
        ] {
            try overrides.set(key, to: "\(Int32.max)")
        }
        try overrides.set(.warmupEpochs, to: "\(Int32.max)")
        try overrides.set(.schedule, to: "step")
        let needs = try TrainingNeeds(overrides, rankCount: 1)
        #expect(needs.byteCount(ranksOnHost: 1) > 1 << 34)
    }

    @Test("More memory than there is, is refused before it is asked for")
    func memory() throws {
        #expect(throws: Never.self) {
            try MemoryLimit.require(MemoryLimit.byteCount, for: "x", fix: "y")
        }
        let failure = try #require(throws: Failure.self) {
            try MemoryLimit.require(MemoryLimit.byteCount + 1, for: "training x", fix: "y")
        }
        #expect(failure.exitCode == .badLaunch && failure.found.hasPrefix("training x needs"))
        let folder = try TemporaryFolder()
        var run = TestRun([
            .output: folder.path + "/run", .model: "resnet18", .batchSize: "100000000",
            .microbatch: "100000000",
        ])
        let images = SyntheticImages(
            format: ImageFormat(height: 8, width: 8, channels: 3), classCount: 4,
            count: 100_000_000)
        run.data = RunData(name: .builtin, training: images, validation: images)
        #expect(agreedFailure { try run.train() }?.exitCode == .badLaunch)
    }
}
