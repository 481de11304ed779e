import AllocationCounter
import Communication
import Foundation
import Kernels
import Testing
import Training

/// Notes after each step how often the training thread had asked for memory.
private final class AllocationObserver: TrainingObserver {
    private(set) var counts: [Int] = []

    init() { counts.reserveCapacity(1000) }

    func stepFinished(_ report: StepReport) { counts.append(allocation_counter_thread_count()) }
}

@Suite(.enabled(if: allocation_counter_counts() != 0, "sanitizers have their own allocator"))
struct AllocationTests {
    @Test("The counter counts")
    func counter() {
        let before = allocation_counter_thread_count()
        let values = [Int](repeating: Int(before), count: 1000)
        #expect(values.count == 1000)
        #expect(allocation_counter_thread_count() > before)
    }

    @Test(
        "A steady step allocates nothing",
        arguments: [
            ("cifar-net", "sgd"), ("mnist-cnn", "adam"), ("resnet18", "adamw"),
        ])
    func steadyStep(model: String, optimizer: String) throws {
        let folder = try TemporaryFolder()
        var run = TestRun([
            .model: model, .optimizer: optimizer, .output: folder.path + "/run", .epochs: "1",
            .batchSize: "8", .microbatch: "4", .maxSteps: "9", .logEvery: "1000",
            .gradientClip: "1",
        ])
        if optimizer != "sgd" { run.settings[.momentum] = nil }
        let counts = try run.trainOnThisThread(AllocationObserver()).counts
        // The first steps may fill caches of libraries, and the last one before a checkpoint compares
        // the weights of all hosts.
        let steady = zip(counts.dropFirst(3), counts.dropFirst(2)).map { $0 - $1 }.dropLast()
        #expect(steady == [Int](repeating: 0, count: 5)[...])
    }

    @Test("Nor does one that writes held back lines of the ledger")
    func writingStep() throws {
        let folder = try TemporaryFolder()
        let ledger = folder.path + "/run/ledger.jsonl"
        var run = TestRun([
            .output: folder.path + "/run", .epochs: "1", .batchSize: "8", .microbatch: "8",
            .maxSteps: "200", .logEvery: "1000", .sentinelEvery: "1000",
        ])
        run.data = RunData(
            name: .builtin, training: CornerImages(count: 1601, seed: 1),
            validation: CornerImages(count: 8, seed: 2))
        let counts = try run.trainOnThisThread(AllocationObserver()).counts
        // The lines do not fit into the 64 KiB that are held back.
        #expect(try Data(contentsOf: URL(fileURLWithPath: ledger)).count > 70_000)
        let steady = zip(counts.dropFirst(3), counts.dropFirst(2)).map { $0 - $1 }
        // The last one compares the weights of all hosts.
        #expect(steady.dropLast() == [Int](repeating: 0, count: 196)[...])
    }

    @Test("Nor does one whose layers are timed")
    func timedStep() throws {
        BLASLibrary.setThreadCount(1)
        var counts: [Int] = []
        counts.reserveCapacity(100)
        _ = try StepBenchmark(
            model: "cifar-net", batchSize: 8, microbatch: 4, stepCount: 5, profiles: true,
            rankCount: 1
        ).run(SingleProcessCommunicator()) { _, _ in
            counts.append(allocation_counter_thread_count())
        }
        let steady = zip(counts.dropFirst(3), counts.dropFirst(2)).map { $0 - $1 }
        #expect(steady == [Int](repeating: 0, count: 5))
    }
}
