/// Where a rank runs: which host, and which of the ranks on it.
public struct HostPlacement: Sendable, Hashable {
    /// This rank among the ranks of the communicator on the same host.
    public let localRank: Int
    /// The number of ranks of the communicator on this host.
    public let localRankCount: Int
    /// This host among the hosts of the communicator, counted in the order of their first ranks.
    public let hostIndex: Int
    /// The number of hosts of the communicator.
    public let hostCount: Int
    /// The name of this host.
    public let hostName: String

    /// Works out the placement of one rank.
    ///
    /// - Parameters:
    ///   - rank: The rank.
    ///   - hosts: For each rank something that is the same for ranks on the same host only.
    ///   - hostName: The name of the rank's host.
    init(ofRank rank: Int, hosts: [Int], hostName: String) {
        var order: [Int] = []
        for host in hosts where !order.contains(host) { order.append(host) }
        localRank = hosts[..<rank].count { $0 == hosts[rank] }
        localRankCount = hosts.count { $0 == hosts[rank] }
        hostIndex = order.firstIndex(of: hosts[rank]) ?? 0
        hostCount = order.count
        self.hostName = hostName
    }
}
