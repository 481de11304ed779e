import Diagnostics
import Foundation
import Testing
import Training

/// Into which folder a run writes, and what it does to what is there.
@Suite struct RunFolderTests {
    private func run(_ folder: TemporaryFolder, _ name: String) -> TestRun {
        TestRun([
            .output: folder.path + "/" + name, .epochs: "3", .checkpointEvery: "1step",
            .logEvery: "1",
        ])
    }

    private func checkpoints(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: folder.path + "/\(name)/checkpoints"
        ).sorted()
    }

    @Test("A run does not go on into the folder of another one")
    func otherRun() throws {
        let folder = try TemporaryFolder()
        try run(folder, "a").with([.maxSteps: "2"]).train()
        try run(folder, "b").with([.maxSteps: "3", .seed: "2"]).train()
        let before = try events(in: folder.path + "/b").count
        let failure = agreedFailure {
            try run(folder, "b").with([.resume: folder.path + "/a"]).train(ranks: 2)
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == "--output")
        #expect(failure?.found == folder.path + "/b holds another run")
        #expect(try events(in: folder.path + "/b").count == before)
        // A new folder, and its own by another name, are fine.
        let copy = try run(folder, "c").with([.resume: folder.path + "/a"]).train()
        #expect(copy.step == 9)
        let own = folder.path + "/b/checkpoints/step-000000003"
        #expect(try run(folder, "b").with([.seed: "2", .resume: own]).train().step == 9)
    }

    @Test("A checkpoint that lies in no run directory needs a folder to go on in")
    func copiedCheckpoint() throws {
        let folder = try TemporaryFolder()
        try run(folder, "a").with([.maxSteps: "2"]).train()
        let copy = folder.path + "/saved"
        try FileManager.default.copyItem(
            atPath: folder.path + "/a/checkpoints/step-000000002", toPath: copy)
        var lost = run(folder, "b").with([.resume: copy])
        lost.settings[.output] = nil
        let failure = agreedFailure { try lost.train(ranks: 2) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == "--output")
        #expect(try run(folder, "b").with([.resume: copy]).train().step == 9)
    }

    @Test("After a step back the abandoned checkpoints are not taken for the newest")
    func stepBack() throws {
        let folder = try TemporaryFolder()
        let whole = try run(folder, "whole").train()
        try run(folder, "run").with([.maxSteps: "5"]).train()
        let second = folder.path + "/run/checkpoints/step-000000002"
        let recorder = try run(folder, "run").with([.resume: second, .maxSteps: "3"])
            .trainOnThisThread(WarningRecorder())
        let warnings = recorder.warnings
        #expect(warnings.count == 1 && warnings[0].contains("of steps 3, 4, 5 is kept as aside-"))
        let names = try checkpoints(folder, "run")
        #expect(names.filter { $0.hasPrefix("aside-") }.count == 3)
        #expect(names.filter { $0.hasPrefix("step-") }.last == "step-000000003")
        let resumed = try run(folder, "run").with([.resume: "auto"]).train(ranks: 2)
        #expect(resumed.step == 9 && resumed.parametersSHA256 == whole.parametersSHA256)
    }

    @Test("The log of a run that begins anew has nothing of the one that was killed")
    func killedBeforeItsFirstCheckpoint() throws {
        let folder = try TemporaryFolder()
        try run(folder, "run").with([.maxSteps: "4"]).train()
        try FileManager.default.removeItem(atPath: folder.path + "/run/checkpoints")
        try run(folder, "run").with([.resume: "auto"]).train()
        let steps = try events(in: folder.path + "/run", named: "step")
        #expect(steps.compactMap { $0["step"] as? Int } == Array(1...9))
        #expect(try events(in: folder.path + "/run", named: "final").count == 1)
    }

    @Test("A second name that cannot be given costs a warning, not the checkpoint")
    func longName() throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "n", count: 300)
        let recorder = try run(folder, "run").with([.checkpointName: name, .keep: "2"])
            .trainOnThisThread(WarningRecorder())
        #expect(recorder.warnings.count == 3)
        #expect(recorder.warnings.allSatisfy { $0.contains("lacks a second name") })
        #expect(recorder.result?.end == .complete)
        #expect(try checkpoints(folder, "run").contains("step-000000009"))
        // Older ones are removed all the same.
        #expect(try checkpoints(folder, "run").filter { $0.hasPrefix("step-") }.count <= 3)
    }
}

/// Keeps what a run warns of, and its result.
private final class WarningRecorder: TrainingObserver {
    private(set) var warnings: [String] = []
    private(set) var result: TrainingResult?

    func warned(_ text: String) { warnings.append(text) }

    func runFinished(_ result: TrainingResult) { self.result = result }
}
