import Communication

/// Ranks brought together by a value that they have in common, for messages.
public struct RankGrouping {
    /// The ranks with one value.
    public struct Group: Hashable {
        /// What they have in common.
        public let value: String
        /// Which they are, ascending.
        public let ranks: [Int]
        /// The hosts on which they run, in the order of their first ranks.
        public let hosts: [String]

        /// As in `ranks 0–3, 5 (node1)`.
        public var place: String { "\(rankList(ranks)) (\(hostList))" }

        private var hostList: String {
            // A line has room for a few names.
            let shown = hosts.prefix(3).joined(separator: ", ")
            return hosts.count > 3 ? "\(shown) and \(hosts.count - 3) more" : shown
        }
    }

    /// The groups in the order of their lowest ranks.
    public let groups: [Group]

    /// Groups ranks.
    ///
    /// - Parameters:
    ///   - values: By rank; nil for ranks that are to be left out.
    ///   - hosts: The names of hosts by rank, as many.
    public init(_ values: [String?], hosts: [String]) {
        var order: [String] = []
        var ranks: [String: [Int]] = [:]
        for (rank, value) in values.enumerated() {
            guard let value else { continue }
            if ranks[value] == nil { order.append(value) }
            ranks[value, default: []].append(rank)
        }
        groups = order.map { value in
            let members = ranks[value] ?? []
            var names: [String] = []
            for rank in members where !names.contains(hosts[rank]) { names.append(hosts[rank]) }
            return Group(value: value, ranks: members, hosts: names)
        }
    }

    /// As in `Zen on ranks 0–3, 5 (node1), Haswell on rank 4 (node2)`.
    public var text: String { groups.map { "\($0.value) on \($0.place)" }.joined(separator: ", ") }
}
