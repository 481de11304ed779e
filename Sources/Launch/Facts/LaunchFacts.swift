import Communication
import Diagnostics
import FoundationEssentials
import Training

/// All that is found out about a launch, the same on every rank; what to think of it is up to the
/// checks.
public struct LaunchFacts: Sendable {
    /// A host with its ranks.
    struct Host {
        let name: String
        /// Ascending.
        let ranks: [Int]
    }

    /// By rank, at least one.
    public var ranks: [RankFacts]
    /// What launchers and schedulers say.
    public var launcher = LauncherFacts()
    /// What the run will ask for; nil if it cannot begin.
    public var needs: TrainingNeeds?
    /// Why it cannot begin.
    public var obstacle: Failure?
    /// The folder that rank 0 writes to.
    public var folder = FolderFacts()
    /// How fast ranks exchange messages.
    public var links: [LinkFacts] = []
    /// How much the clocks of other hosts are ahead.
    public var clocks: [ClockFacts] = []

    /// Names ranks of which nothing more is known yet.
    ///
    /// - Parameter ranks: By rank, at least one.
    public init(ranks: [RankFacts]) { self.ranks = ranks }

    /// Looks at all ranks; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - launcher: What launchers and schedulers say.
    ///   - librarySettings: The settings of Open MPI's components in this rank's environment.
    ///   - overrides: What the user asks for of a run.
    /// - Returns: The facts.
    /// - Throws: `AgreedFailure` with `.usage` if the run's configuration is wrong; `Failure` if the
    ///   message-passing system reports an error.
    public static func gather(
        _ communicator: any Communicator, launcher: LauncherFacts,
        librarySettings: [String: String], overrides: RunConfigurationOverrides
    ) throws -> LaunchFacts {
        let own = try RankFacts.gather(communicator, librarySettings: librarySettings)
        let ranks: [RankFacts] = try communicator.exchanged(own)
        var facts = LaunchFacts(ranks: ranks)
        facts.launcher = try communicator.exchanged(launcher)[0]
        try facts.addNeeds(overrides, communicator)
        let output = facts.needs?.output ?? "."
        facts.folder = try communicator.exchanged(
            communicator.rank == 0 ? FolderTrial.run(output) : FolderFacts())[0]
        let measured = try LinkMeasurement.run(
            communicator, hostIndices: ranks.map(\.hostIndex))
        facts.links = measured.links
        facts.clocks = measured.clocks
        return facts
    }

    private mutating func addNeeds(
        _ overrides: RunConfigurationOverrides, _ communicator: any Communicator
    ) throws {
        (needs, obstacle) = try communicator.agreeing {
            do {
                return (try TrainingNeeds(overrides, rankCount: ranks.count), nil)
            } catch let failure as Failure where failure.exitCode == .badLaunch {
                return (nil, failure)
            }
        }
    }

    /// The hosts in the order of their first ranks.
    var hosts: [Host] {
        Dictionary(grouping: ranks.indices) { ranks[$0].hostIndex }.sorted { $0.key < $1.key }.map {
            Host(name: ranks[$0.value[0]].identity.hostName, ranks: $0.value)
        }
    }

    /// As in `ranks 0–3 (node1)`.
    func place(of ranks: [Int]) -> String {
        let members = Set(ranks)
        let grouping = RankGrouping(
            self.ranks.indices.map { members.contains($0) ? "" : nil }, hosts: hostNames)
        return grouping.groups.first?.place ?? ""
    }

    /// Brings ranks together for which the same is to be said.
    ///
    /// - Parameter text: What is to be said of a rank, nil for nothing.
    /// - Returns: The groups.
    func grouped(by text: (RankFacts) -> String?) -> [RankGrouping.Group] {
        RankGrouping(ranks.map(text), hosts: hostNames).groups
    }

    private var hostNames: [String] { ranks.map(\.identity.hostName) }
}

extension Communicator {
    /// The values of all ranks, by rank; every rank has to call it.
    fileprivate func exchanged<Value: Codable>(_ value: Value) throws -> [Value] {
        try allGather(Array(JSONEncoder().encode(value))).map {
            try JSONDecoder().decode(Value.self, from: Data($0))
        }
    }
}
