/// Floats on their way between this rank and another one.
public struct Message {
    /// The floats that are sent, or where those that come go.
    public var values: UnsafeMutablePointer<Float>
    /// The number of floats.
    public var count: Int
    /// The other rank.
    public var rank: Int
    /// 0 to 32,767; both sides give the same.
    public var tag: Int
    /// Whether this rank sends, or else receives.
    public var isSent: Bool

    /// Describes a message.
    ///
    /// - Parameters:
    ///   - values: The floats that are sent, or where those that come go.
    ///   - count: The number of floats.
    ///   - rank: The other rank.
    ///   - tag: 0 to 32,767; both sides give the same.
    ///   - isSent: Whether this rank sends, or else receives.
    public init(
        _ values: UnsafeMutablePointer<Float>, count: Int, rank: Int, tag: Int, isSent: Bool
    ) {
        self.values = values
        self.count = count
        self.rank = rank
        self.tag = tag
        self.isSent = isSent
    }
}
