import Communication
import FoundationEssentials
import Kernels

/// What is found out on one rank.
public struct RankFacts: Codable, Hashable, Sendable {
    /// On what the bits that it computes depend.
    public var identity: RankIdentity
    /// Its host among the hosts, counted from 0.
    public var hostIndex: Int
    /// The cores that it may use.
    public var processor = ProcessorFacts()
    /// The memory of its host.
    public var memory = MemoryFacts()
    /// Its message-passing library.
    public var library = LibraryFacts()
    /// Whether it can read the memory of another rank of its host.
    public var singleCopy = SingleCopy.untested

    /// Names a rank of which nothing more is known yet.
    ///
    /// - Parameters:
    ///   - identity: On what the bits that it computes depend.
    ///   - hostIndex: Its host among the hosts.
    public init(identity: RankIdentity, hostIndex: Int) {
        self.identity = identity
        self.hostIndex = hostIndex
    }

    /// Looks at this rank; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - librarySettings: The settings of Open MPI's components in the environment.
    /// - Returns: The facts.
    /// - Throws: `Failure` if the message-passing system reports an error.
    static func gather(
        _ communicator: any Communicator, librarySettings: [String: String]
    ) throws -> RankFacts {
        let placement = communicator.placement
        var facts = RankFacts(
            identity: .current(hostName: placement.hostName), hostIndex: placement.hostIndex)
        facts.processor = .gather(blasThreadCount: BLASLibrary.threadCount)
        facts.memory = .gather()
        let isMPI = communicator is MPICommunicator
        facts.library = .gather(
            version: isMPI ? MPICommunicator.libraryVersion : nil, settings: librarySettings)
        facts.singleCopy = try SingleCopy.test(communicator.splitByHost())
        return facts
    }
}
