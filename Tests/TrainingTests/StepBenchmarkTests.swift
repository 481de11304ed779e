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
        #expect(results[0].profile == nil)
    }

    @Test("The rows of a profile add up to the step", arguments: [1, 2])
    func profile(ranks: Int) throws {
        let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
            try StepBenchmark(
                model: "mnist-cnn", batchSize: 8, stepCount: 4, warmUpCount: 1, profiles: true,
                rankCount: ranks
            ).run(communicator)
        }
        let result = results[0]
        #expect(results.allSatisfy { $0 == result })
        let profile = try #require(result.profile)
        let layers = profile.rows.prefix { $0.forward != nil }
        #expect(layers.first?.name == "conv1")
        #expect(layers.last?.name == "fc2")
        #expect(Set(layers.map(\.name)).isSuperset(of: ["conv2", "fc1", "dropout"]))
        #expect(
            profile.rows.dropFirst(layers.count).map(\.name) == [
                "loader wait", "loss", "reduction", "optimizer", "fingerprints", "other",
            ])
        for row in layers {
            let phases = [row.prepare, row.forward, row.backward].map { $0 ?? .nan }
            #expect(abs(phases.reduce(0, +) - row.milliseconds) < 1e-9, "\(row.name)")
        }
        // What is left over is measured by nobody, so a part counted twice would make it negative.
        #expect(profile.rows.allSatisfy { $0.milliseconds >= 0 })
        #expect(abs(profile.rows.reduce(0) { $0 + $1.percent } - 100) < 1e-9)
        let share = { (name: String) in
            profile.rows.first { $0.name == name }?.percent ?? .nan
        }
        #expect(share("loader wait") >= result.loaderPercent)
        #expect(share("reduction") >= result.communicationPercent)
        #expect(share("other") < 50)
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
