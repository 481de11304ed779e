import Communication
import Crypto
import Foundation
import Layers
import Testing
import Training

/// What `ledger.jsonl` holds, and that it is the same however a run was interrupted.
@Suite struct LedgerTests {
    private func run(_ path: String, _ changes: [ConfigurationKey: String] = [:]) -> TestRun {
        TestRun(changes.merging([.output: path, .epochs: "3"]) { $1 })
    }

    @Test("A line for the header, each step and each checkpoint, with their bits")
    func contents() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let result = try run(path, [.logEvery: "1"]).train(ranks: 2)
        let lines = try ledgerLines(path)
        #expect(lines.count == 1 + 9 + 3)
        let header = try object(lines[0])
        #expect(header["format"] as? Int == 2)
        #expect(header["begins_after"] as? Int == 0)
        let names = try #require(header["tensors"] as? [String])
        #expect(names.contains("convs.0.weight"))
        #expect(names.contains("bns.2.running_var"))

        let steps = try lines.map(object).filter { $0["step"] != nil }
        #expect(steps.map { $0["step"] as? Int } == Array(1...9))
        let log = try String(contentsOfFile: path + "/metrics.jsonl", encoding: .utf8)
            .split(separator: "\n").filter { $0.contains("\"event\":\"step\"") }
        for (step, event) in zip(steps, log) {
            for key in ["loss", "gradient_norm", "learning_rate"] {
                let digits = try #require(step[key] as? String)
                let bits = try #require(UInt64(digits, radix: 16))
                #expect(digits.count == 16)
                // The text of a double in the log is the shortest that stands for its bits.
                #expect(event.contains("\"\(key)\":\(Double(bitPattern: bits))"))
            }
            #expect((step["tensors"] as? String)?.count == 8 * names.count)
        }
        let last = try object(lines[lines.count - 1])
        #expect(last["checkpoint"] as? Int == 9)
        #expect(last["parameters_sha256"] as? String == result.parametersSHA256)
    }

    @Test("The chain is the SHA-256 of the chain before and the line up to its own")
    func chain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try run(path).train()
        var chain = ""
        for line in try ledgerLines(path) {
            let parts = line.components(separatedBy: ",\"chain\":\"")
            try #require(parts.count == 2)
            let value = SHA256.hash(data: Data((chain + parts[0]).utf8))
                .map { String(format: "%02x", $0) }.joined()
            #expect(parts[1] == value + "\"}")
            if !line.hasPrefix("{\"checkpoint\"") { chain = value }
        }
        let state = try String(
            contentsOfFile: path + "/checkpoints/last/state.json", encoding: .utf8)
        #expect(state.contains("\"ledger_chain\":\"\(chain)\""))
    }

    @Test("Fingerprints are folded from the hashes of segments, whoever took them")
    func fingerprints() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try run(path).train()
        let model = try Checkpoint.open(path + "/checkpoints/last").model()
        let plan = FingerprintPlan(layout: model.layout)
        #expect(plan.segmentCount > plan.tensorNames.count)
        let (parameters, statistics) = (model.parameters.base, model.statistics.base)
        func fingerprints() -> [UInt32] {
            var hashes = [UInt64](repeating: 0, count: plan.segmentCount)
            for segment in hashes.indices.reversed() {
                hashes[segment] = plan.hash(
                    segment: segment, parameters: parameters, statistics: statistics)
            }
            var result = [UInt32](repeating: 0, count: plan.tensorNames.count)
            plan.fold(hashes, into: &result)
            return result
        }
        let before = fingerprints()
        let text = before.map { String(format: "%08x", $0) }.joined()
        let line = try ledgerLines(path).last { $0.hasPrefix("{\"step\"") }
        #expect(line?.contains("\"tensors\":\"\(text)\"") == true)

        for (number, parameter) in model.layout.parameters.enumerated() {
            let value = parameters + parameter.range.upperBound - 1
            value.pointee = Float(bitPattern: value.pointee.bitPattern ^ 1)
            let after = fingerprints()
            #expect(before.indices.filter { after[$0] != before[$0] } == [number])
            value.pointee = Float(bitPattern: value.pointee.bitPattern ^ 1)
        }
    }

    @Test("Killed after a checkpoint and resumed on any number of ranks", arguments: 1...3)
    func killed(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let whole = folder.path + "/whole"
        let killed = folder.path + "/killed"
        // What is on disk two steps after a checkpoint is what a killed run leaves.
        try run(whole, [.checkpointEvery: "2steps"]).train(ranks: ranks) { _ in
            FolderCopier(from: whole, to: killed, atStep: 6)
        }
        let left = try ledgerLines(killed)
        #expect(left.count < (try ledgerLines(whole)).count)
        try run(killed, [.checkpointEvery: "2steps", .resume: "auto"]).train(ranks: 4 - ranks)
        #expect(try ledgerText(killed) == ledgerText(whole))
    }

    @Test("Lines after the checkpoint are cut, also half a line", arguments: 1...3)
    func cut(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = run(path, [.checkpointEvery: "1step"])
        try run.train(ranks: 2)
        let whole = try ledgerText(path)
        for step in 5...9 {
            try FileManager.default.removeItem(atPath: path + "/checkpoints/step-00000000\(step)")
        }
        try Data(whole.utf8.dropLast(100)).write(
            to: URL(fileURLWithPath: path + "/ledger.jsonl"))
        try run.with([.resume: "auto"]).train(ranks: ranks)
        #expect(try ledgerText(path) == whole)
    }

    @Test("Other checkpoints change no step and no value of the chain")
    func otherCheckpoints() throws {
        let folder = try TemporaryFolder()
        let (whole, parted) = (folder.path + "/whole", folder.path + "/parted")
        try run(whole).train(ranks: 1)
        try run(parted, [.maxSteps: "2"]).train(ranks: 2)
        try run(parted, [.resume: "auto", .maxSteps: "3"]).train(ranks: 3)
        try run(parted, [.resume: "auto"]).train(ranks: 2)
        let steps = try [whole, parted].map { folder in
            try ledgerLines(folder).filter { !$0.hasPrefix("{\"checkpoint\"") }
        }
        #expect(steps[0] == steps[1])
        #expect(try ledgerLines(parted).count == ledgerLines(whole).count + 1)
    }

    @Test("A lost or edited ledger is noticed, and begins anew", arguments: ["lost", "edited"])
    func begunAnew(how: String) throws {
        let folder = try TemporaryFolder()
        let (whole, path) = (folder.path + "/whole", folder.path + "/run")
        try run(whole).train()
        try run(path, [.maxSteps: "5"]).train()
        if how == "lost" {
            try FileManager.default.removeItem(atPath: path + "/ledger.jsonl")
        } else {
            try editLedger(path, ofStep: 2)
        }
        let recorder = try run(path, [.resume: "auto"]).trainOnThisThread(
            Recorder(StopRequest()))
        #expect(recorder.warnings.count == 1)
        #expect(recorder.warnings.first?.hasSuffix("the ledger begins anew after step 5") == true)
        #expect(
            recorder.warnings.first?.contains(
                how == "lost"
                    ? "ledger.jsonl: no such file"
                    : "ledger.jsonl, line 3 (step 2): was changed after it was written") == true)
        let lines = try ledgerLines(path)
        #expect(try object(lines[0])["begins_after"] as? Int == 5)
        // From there on it is the ledger of a run that lost nothing.
        #expect(lines.dropFirst() == (try ledgerLines(whole))[7...])
        #expect(
            FileManager.default.fileExists(atPath: path + "/ledger.jsonl.old") == (how == "edited"))
    }

    @Test("A ledger that cannot be written costs one warning, and the chain goes on")
    func notWritable() throws {
        let folder = try TemporaryFolder()
        let (whole, path) = (folder.path + "/whole", folder.path + "/run")
        try run(whole).train()
        try FileManager.default.createDirectory(
            atPath: path + "/ledger.jsonl", withIntermediateDirectories: true)
        let recorder = try run(path).trainOnThisThread(Recorder(StopRequest()))
        #expect(recorder.warnings.count == 1)
        #expect(
            recorder.warnings.first?.hasSuffix("there is no ledger, training goes on") == true)
        let chains = try [whole, path].map {
            try Checkpoint.open($0 + "/checkpoints/last").state.ledgerChain
        }
        #expect(chains[0] != nil)
        #expect(chains[0] == chains[1])
    }

    @Test("A disk that is full in the middle of the ledger costs one warning")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let probe = try probePath()
        let path = folder.path + "/run"
        // No file may grow beyond 2 KiB: the header has room, the first steps have not.
        let run = try bash("trap '' XFSZ; ulimit -f 2; exec '\(probe)' train '\(path)' 3")
        let warnings = run.output.split(separator: "\n").filter { $0.contains("ledger.jsonl") }
        #expect(warnings.count == 1, "\(run.output)")
        #expect(warnings.first?.contains("the ledger ends before this, training goes on") == true)
        #expect(run.output.contains("finished at step 6"))
    }

    private func object(_ line: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(object as? [String: Any])
    }
}

/// Copies the run directory after a step, as it would be found if the run were killed there.
private final class FolderCopier: TrainingObserver {
    private let source: String
    private let target: String
    private let step: Int

    init(from source: String, to target: String, atStep step: Int) {
        self.source = source
        self.target = target
        self.step = step
    }

    func stepFinished(_ report: StepReport) {
        guard report.step == step else { return }
        // The checkpoint before is written beside the training; here it is to be whole.
        let last = source + "/checkpoints/last"
        let name = "step-00000000\(step - 2)"
        while (try? FileManager.default.destinationOfSymbolicLink(atPath: last)) != name {
            usleep(1000)
        }
        try? FileManager.default.copyItem(atPath: source, toPath: target)
    }
}
