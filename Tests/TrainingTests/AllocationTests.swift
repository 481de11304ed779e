import AllocationCounter
import Communication
import Kernels
import Testing
import Training

/// Notes after each step how often the training thread had asked for memory.
private final class AllocationObserver: TrainingObserver {
    private(set) var counts: [Int] = []

    init() { counts.reserveCapacity(100) }

    func stepFinished(_ report: StepReport) { counts.append(allocation_counter_thread_count()) }
}

@Suite struct AllocationTests {
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
