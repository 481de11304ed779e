import Communication
import Foundation
import Launch
import Testing
import Training

/// What is gathered on this machine.
struct LaunchFactsTests {
    @Test func aSingleRankKnowsItsMachine() throws {
        var overrides = RunConfigurationOverrides()
        let folder = NSTemporaryDirectory() + "/launch-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try overrides.set(.output, to: folder + "/runs/one")
        let facts = try LaunchFacts.gather(
            SingleProcessCommunicator(hostName: "here"), launcher: LauncherFacts(),
            librarySettings: [:], overrides: overrides)
        let rank = try #require(facts.ranks.first)
        #expect(rank.identity.hostName == "here")
        #expect(rank.processor.hostCoreCount >= rank.processor.allowedCores.count)
        #expect(!rank.processor.allowedCores.isEmpty)
        #expect(rank.memory.availableByteCount > 1 << 20)
        #expect(rank.library.version == nil)
        #expect(rank.singleCopy == .untested)
        #expect(facts.folder.triedFolder == folder)
        #expect(facts.folder.problems == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        #expect(facts.links == [] && facts.clocks == [])
    }

    @Test func needsGrowWithTheRun() throws {
        func needs(_ settings: [(ConfigurationKey, String)], ranks: Int = 2) throws -> TrainingNeeds
        {
            var overrides = RunConfigurationOverrides()
            for (key, text) in settings { try overrides.set(key, to: text) }
            return try TrainingNeeds(overrides, rankCount: ranks)
        }
        let usual = try needs([])
        #expect(usual.model == "cifar-net" && usual.batchSize == 512 && usual.microbatch == 64)
        let smaller = try needs([(.microbatch, "16")])
        #expect(smaller.ownRankByteCount < usual.ownRankByteCount)
        #expect(smaller.hostByteCount == usual.hostByteCount)
        let adam = try needs([(.optimizer, "adam")])
        #expect(adam.hostByteCount > usual.hostByteCount)
        #expect(adam.checkpointsByteCount > usual.checkpointsByteCount)
        let large = try needs([(.model, "resnet18")])
        #expect(large.gradientByteCount > 11_173_962 * 4)
        #expect(large.gradientByteCount < 11_200_000 * 4)
    }
}
