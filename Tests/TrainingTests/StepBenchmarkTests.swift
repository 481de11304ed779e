import Communication
import Diagnostics
import Testing
import Training

@Suite struct StepBenchmarkTests {
    @Test("All ranks get the same plausible numbers")
    func result() throws {
        let results = try ThreadCommunicator.run(rankCount: 2) { communicator in
            try StepBenchmark(
                model: "mnist-cnn", batchSize: 8, stepCount: 3, warmUpCount: 1, rankCount: 2
            ).run(communicator)
        }
        #expect(results[0] == results[1])
        #expect(results[0].imagesPerSecond > 0)
        #expect(results[0].microbatch == 4)
        #expect((0...100).contains(results[0].loaderPercent))
        #expect((0...100).contains(results[0].communicationPercent))
        #expect(results[0].peakMemoryMiB > 1)
        #expect(results[0].minorFaultsPerStep >= 0)
        #expect(results[0].majorFaultsPerStep >= 0)
    }

    @Test("More ranks than images are refused")
    func tooManyRanks() throws {
        let failure = agreedFailure {
            try ThreadCommunicator.run(rankCount: 3) { communicator in
                try StepBenchmark(model: "mnist-cnn", batchSize: 2, rankCount: 3).run(communicator)
            }
        }
        #expect(failure?.exitCode == .badLaunch)
        #expect(failure?.fix == "use --batch-size 3, or at most 2 ranks")
    }
}
