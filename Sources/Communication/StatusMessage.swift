import FoundationEssentials

/// Statuses of ranks in a datagram.
enum StatusMessage {
    private struct Item: Codable {
        var rank: Int
        var process: Int32
        var host: String
        var phase: String
        var step: Int
        var operation: String
        var sinceChange: Int64
        var sinceSign: Int64
        var hasLeft: Bool
    }

    /// Writes statuses.
    ///
    /// - Parameter statuses: What is told.
    /// - Returns: The bytes.
    static func encoded(_ statuses: [RankStatus]) -> [UInt8] {
        let items = statuses.map {
            Item(
                rank: $0.rank, process: $0.process, host: $0.host, phase: $0.phase, step: $0.step,
                operation: $0.operation, sinceChange: milliseconds($0.sinceChange),
                sinceSign: milliseconds($0.sinceSign), hasLeft: $0.hasLeft)
        }
        return (try? JSONEncoder().encode(items)).map { Array($0) } ?? []
    }

    /// Reads statuses.
    ///
    /// - Parameter bytes: What came, from whomever.
    /// - Returns: The statuses; nil if it is something else.
    static func decoded(_ bytes: [UInt8]) -> [RankStatus]? {
        guard let items = try? JSONDecoder().decode([Item].self, from: Data(bytes)) else {
            return nil
        }
        return items.map {
            RankStatus(
                rank: $0.rank, process: $0.process, processIsVisible: false, host: $0.host,
                phase: $0.phase, step: $0.step, operation: $0.operation,
                sinceChange: .milliseconds($0.sinceChange),
                sinceSign: .milliseconds($0.sinceSign), hasLeft: $0.hasLeft)
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        Int64(duration / .milliseconds(1))
    }
}
