import Foundation
import Synchronization
import Testing
import Training

/// Checkpoints are written beside the training, one at a time.
@Suite struct BackgroundCheckpointTests {
    /// The last step that was made, as the writing thread sees it.
    private final class StepCounter: TrainingObserver, Sendable {
        let step = Atomic<Int>(0)
        let wasSeenInTime = Atomic<Bool>(false)

        func stepFinished(_ report: StepReport) { step.store(report.step, ordering: .releasing) }

        /// Waits until a step was made.
        ///
        /// - Returns: Whether it was made in time.
        func wait(forStep target: Int) -> Bool {
            for _ in 0..<20_000 {
                if step.load(ordering: .acquiring) >= target { return true }
                usleep(1000)
            }
            return false
        }
    }

    @Test("Training goes on, the checkpoint holds what was there when it began", arguments: 1...3)
    func goesOn(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let short = try TestRun([.output: folder.path + "/short", .maxSteps: "3"]).train()
        let whole = try TestRun([.output: folder.path + "/whole"]).train()
        let counter = StepCounter()
        let result = try TestRun([.output: path]).train(
            ranks: ranks, observer: { _ in counter },
            setUp: { trainer, _ in
                trainer.checkpoints?.beforeWriting = { step in
                    guard step == 3 else { return }
                    let isSeen = counter.wait(forStep: 5) && !exists(path + "/checkpoints/last")
                    counter.wasSeenInTime.store(isSeen, ordering: .relaxed)
                }
            })
        let isSeen = counter.wasSeenInTime.load(ordering: .relaxed)
        #expect(isSeen)
        #expect(result.parametersSHA256 == whole.parametersSHA256)
        let checkpoint = try Checkpoint.open(path + "/checkpoints/step-000000003")
        #expect(checkpoint.state.parametersSHA256 == short.parametersSHA256)
        #expect(try checkpoint.model().sha256() == short.parametersSHA256)
        #expect(try ledgerText(path) == ledgerText(folder.path + "/whole"))
    }

    @Test("A second one waits for the first, and says so")
    func oneAtATime() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let recorder = try TestRun([
            .output: path, .checkpointEvery: "1step", .maxSteps: "3",
        ]).trainOnThisThread(Recorder(StopRequest())) { trainer in
            trainer.checkpoints?.patience = 0.05
            trainer.checkpoints?.beforeWriting = { if $0 == 1 { usleep(300_000) } }
        }
        // A slow disk may make the second one wait too.
        let waits = recorder.warnings.filter {
            $0.hasPrefix("training waits for the checkpoint of step 1")
        }
        #expect(waits.count == 1)
        let events = try events(in: path, named: "checkpoint")
        #expect(events.map { $0["step"] as? Int } == [1, 2, 3])
        #expect((events[0]["waited_seconds"] as? Double ?? 0) > 0.05)
        #expect(events.allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 })
    }

    @Test("A run that is asked to stop ends with its checkpoint on disk")
    func requeue() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let result = try TestRun([.output: path]).train(
            ranks: 2, observer: { Recorder($0, afterStep: 3) },
            setUp: { trainer, _ in
                trainer.checkpoints?.beforeWriting = { _ in usleep(100_000) }
            })
        #expect(result.end == .requeue)
        #expect(try Checkpoint.open(path + "/checkpoints/last").state.progress.step == 4)
    }

    @Test("What a killed run left half done goes, and what it was replacing comes back")
    func tidy() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .checkpointEvery: "1step", .epochs: "3"])
        let whole = try TestRun([.output: folder.path + "/whole", .epochs: "3"]).train()
        try run.with([.maxSteps: "5"]).train()
        let files = FileManager.default
        let checkpoints = path + "/checkpoints"
        let newest = checkpoints + "/step-000000005"
        try files.moveItem(
            atPath: newest, toPath: checkpoints + "/.step-000000005.partial.replaced")
        try files.createDirectory(
            atPath: checkpoints + "/.step-000000006.partial", withIntermediateDirectories: true)
        try Data("{".utf8).write(
            to: URL(fileURLWithPath: checkpoints + "/.step-000000006.partial/state.json"))
        try files.createSymbolicLink(
            atPath: checkpoints + "/.last.partial", withDestinationPath: "step-000000006")

        try run.with([.resume: "auto", .maxSteps: "5"]).train()
        #expect(try Checkpoint.open(newest).state.progress.step == 5)
        let hidden = try files.contentsOfDirectory(atPath: checkpoints).filter {
            $0.hasPrefix(".")
        }
        #expect(hidden == [])
        let resumed = try run.with([.resume: "auto"]).train()
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
    }
}

/// Whether there is a file or folder.
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
