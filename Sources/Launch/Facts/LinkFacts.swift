/// How fast two ranks exchange messages.
public struct LinkFacts: Codable, Hashable, Sendable {
    /// The one rank.
    public let first: Int
    /// The other rank.
    public let second: Int
    /// Whether they run on one host.
    public let isLocal: Bool
    /// Seconds that a message of 4 bytes is on its way, the median.
    public let latency: Double
    /// Bytes a second one way, in messages of 1 MiB, the median.
    public let bandwidth: Double

    /// Takes over a measurement.
    ///
    /// - Parameters:
    ///   - first: The one rank.
    ///   - second: The other rank.
    ///   - isLocal: Whether they run on one host.
    ///   - latency: Seconds of a message of 4 bytes.
    ///   - bandwidth: Bytes a second.
    public init(first: Int, second: Int, isLocal: Bool, latency: Double, bandwidth: Double) {
        self.first = first
        self.second = second
        self.isLocal = isLocal
        self.latency = latency
        self.bandwidth = bandwidth
    }
}

/// How much the clock of a host is ahead of that of rank 0.
public struct ClockFacts: Codable, Hashable, Sendable {
    /// The rank that was asked.
    public let rank: Int
    /// Seconds ahead.
    public let offset: Double
    /// Seconds by which `offset` may be wrong.
    public let uncertainty: Double

    /// Takes over a measurement.
    ///
    /// - Parameters:
    ///   - rank: The rank that was asked.
    ///   - offset: Seconds ahead of rank 0.
    ///   - uncertainty: Seconds by which `offset` may be wrong.
    public init(rank: Int, offset: Double, uncertainty: Double) {
        self.rank = rank
        self.offset = offset
        self.uncertainty = uncertainty
    }
}
