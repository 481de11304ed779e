import Communication
import Diagnostics
import Foundation
import Testing
import Training

/// A bit that flips in the memory of one host is found, and the host is named.
@Suite struct WeightSentinelTests {
    /// Trains on hosts, and flips a bit of a weight on one of them before a step.
    private func failure(
        hosts: [Int], flippingOn rank: Int, beforeStep step: Int,
        _ settings: [ConfigurationKey: String], folder: String
    ) throws -> Failure? {
        let run = TestRun(settings.merging([.output: folder]) { $1 })
        let overrides = try run.overrides()
        return agreedFailure {
            try ThreadCommunicator.run(hosts: hosts) { communicator in
                let prepared = try PreparedRun.open(
                    overrides, communicator: communicator, data: run.data)
                let trainer = try Trainer(prepared, communicator: communicator)
                if communicator.rank == rank {
                    trainer.beforeStep = { [unowned trainer] made in
                        guard made + 1 == step else { return }
                        let weight = trainer.parameters.base + 3
                        weight.pointee = Float(bitPattern: weight.pointee.bitPattern ^ 1 << 7)
                    }
                }
                return try trainer.run().step
            }
        }
    }

    @Test(arguments: [[0, 1], [0, 1, 2], [0, 0, 1], [0, 1, 1], [0, 0]] as [[Int]])
    func aFlippedBitIsNamed(hosts: [Int]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let found = try #require(
            try failure(
                hosts: hosts, flippingOn: hosts.count - 1, beforeStep: 4, [.sentinelEvery: "1"],
                folder: path))
        #expect(found.exitCode == .badNumbers)
        #expect(found.subject == "weights on host\(hosts[hosts.count - 1])")
        #expect(found.found.hasSuffix(".weight changed in memory before step 4"))
        // The checkpoint of the first epoch, three steps, is the last.
        #expect(try events(in: path, named: "checkpoint").map { $0["step"] as? Int } == [3])
    }

    @Test func betweenChecksMostHostsAreRight() throws {
        let folder = try TemporaryFolder()
        let found = try #require(
            try failure(
                hosts: [0, 1, 2], flippingOn: 1, beforeStep: 4, [.sentinelEvery: "100"],
                folder: folder.path + "/run"))
        #expect(found.subject == "weights on host1")
        #expect(found.found.hasSuffix(".weight differs after step 6"))
        #expect(found.expected == "what most hosts have")
    }

    @Test func betweenChecksOneOfTwoHostsIsWrong() throws {
        let folder = try TemporaryFolder()
        let found = try #require(
            try failure(
                hosts: [0, 1], flippingOn: 1, beforeStep: 4, [.sentinelEvery: "100"],
                folder: folder.path + "/run"))
        #expect(found.subject == "weights on host0, host1")
        #expect(found.expected == "the same on all hosts")
    }

    @Test func aSoundRunIsNotStopped() throws {
        let folder = try TemporaryFolder()
        let found = try failure(
            hosts: [0, 1, 1], flippingOn: -1, beforeStep: 4, [.sentinelEvery: "1"],
            folder: folder.path + "/run")
        #expect(found == nil)
    }

    @Test func verdicts() {
        func verdict(_ reports: [(UInt32, [UInt32])]) -> Failure? {
            WeightSentinel.verdict(
                reports.enumerated().map {
                    .init(name: "n\($0)", alarm: $1.0, fingerprints: $1.1)
                }, tensorNames: ["a", "b"], step: 7)
        }
        #expect(verdict([(0, [1, 2])]) == nil)
        #expect(verdict([(0, [1, 2]), (0, [1, 2])]) == nil)
        let alone = verdict([(0, [1, 2]), (2, [1, 2])])
        #expect(alone?.found == "b changed in memory before step 7")
        let one = verdict([(0, [1, 3]), (0, [1, 2]), (0, [1, 2])])
        #expect(one?.subject == "weights on n0")
        #expect(one?.found == "b differs after step 7")
        let two = verdict([(0, [1, 2]), (0, [4, 5]), (0, [1, 2]), (0, [6, 2]), (0, [1, 2])])
        #expect(two?.subject == "weights on n1, n3")
        #expect(verdict([(0, [1, 2]), (0, [4, 2])])?.subject == "weights on n0, n1")
    }
}
