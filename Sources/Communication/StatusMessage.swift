import FoundationEssentials

/// Statuses of ranks in a datagram.
enum StatusMessage {
    /// Writes statuses.
    ///
    /// - Parameter statuses: What is told.
    /// - Returns: The bytes.
    static func encoded(_ statuses: [RankStatus]) -> [UInt8] {
        (try? JSONEncoder().encode(statuses)).map { Array($0) } ?? []
    }

    /// Reads statuses of another host, whose processes cannot be looked for here.
    ///
    /// - Parameter bytes: What came, from whomever.
    /// - Returns: The statuses; nil if it is something else.
    static func decoded(_ bytes: [UInt8]) -> [RankStatus]? {
        guard var statuses = try? JSONDecoder().decode([RankStatus].self, from: Data(bytes)) else {
            return nil
        }
        for index in statuses.indices { statuses[index].processIsVisible = false }
        return statuses
    }
}
