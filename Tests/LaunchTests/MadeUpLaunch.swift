import Communication
import Kernels
import Launch
import Training

/// A launch of which all is well, to be spoilt by tests: one rank a core, bound to it.
///
/// - Parameters:
///   - rankCounts: The number of ranks of each host.
///   - coreCount: The cores of each host; as many as it has ranks if nil.
/// - Returns: The facts.
func goodLaunch(_ rankCounts: [Int], coreCount: Int? = nil) -> LaunchFacts {
    var ranks: [RankFacts] = []
    for (host, rankCount) in rankCounts.enumerated() {
        for core in 0..<rankCount {
            let identity = RankIdentity(
                hostName: "node\(host + 1)", program: "aa", blasBuild: "OpenBLAS 0.3.21 DYNAMIC",
                blasCoreType: "Zen", instructionSet: .x86_64_v3, widestInstructionSet: .x86_64_v3)
            var rank = RankFacts(identity: identity, hostIndex: host)
            rank.processor.allowedCores = [core]
            rank.processor.hostCoreCount = coreCount ?? rankCount
            rank.memory.availableByteCount = 16 << 30
            rank.memory.sharedFreeByteCount = 8 << 30
            rank.library.version = "Open MPI v4.1.4"
            rank.library.components = ["btl self", "btl tcp", "btl vader", "pml ob1"]
            rank.singleCopy = rankCount > 1 ? .works : .untested
            ranks.append(rank)
        }
    }
    var launch = LaunchFacts(ranks: ranks)
    launch.needs = needs
    launch.folder.path = "runs/net"
    launch.folder.triedFolder = "/scratch"
    launch.folder.fileSystem = "ext4"
    launch.folder.freeByteCount = 100 << 30
    if ranks.count > 1 {
        launch.links = [
            LinkFacts(
                first: 0, second: 1, isLocal: rankCounts[0] > 1, latency: 1e-6, bandwidth: 4e9)
        ]
    }
    return launch
}

private let needs: TrainingNeeds = {
    var needs = TrainingNeeds()
    needs.model = "net"
    needs.microbatch = 64
    needs.hostByteCount = 100 << 20
    needs.sharedRankByteCount = 50 << 20
    needs.ownRankByteCount = 200 << 20
    needs.gradientByteCount = 45_000_000
    needs.checkpointsByteCount = 500 << 20
    return needs
}()

extension LaunchFacts {
    /// What a check says, as `status: text → fix`.
    func says(_ check: String) -> [String] {
        Diagnosis(self).findings(of: check).map { finding in
            "\(finding.status.rawValue): \(finding.text)" + (finding.fix.map { " → \($0)" } ?? "")
        }
    }
}
