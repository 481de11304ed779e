/// The ranks that grow a tree together: what one of them needs to know of the others.
public struct TreeRanks {
    /// This rank, in 0 ..< `rankCount`.
    public let rank: Int
    /// The number of ranks.
    public let rankCount: Int
    /// Replaces the integers on every rank by their sums over all ranks.
    let sum: (UnsafeMutableBufferPointer<Int64>) throws -> Void

    /// One rank alone.
    public static var single: TreeRanks { TreeRanks(rank: 0, rankCount: 1, sum: { _ in }) }

    /// Describes the ranks.
    ///
    /// - Parameters:
    ///   - rank: This rank.
    ///   - rankCount: The number of ranks, at least 1.
    ///   - sum: Replaces the integers on every rank by their sums over all ranks, exactly; all ranks
    ///     call it in the same order with as many integers.
    public init(
        rank: Int, rankCount: Int,
        sum: @escaping (UnsafeMutableBufferPointer<Int64>) throws -> Void
    ) {
        precondition(
            (0..<rankCount).contains(rank), "rank \(rank) is not in a group of \(rankCount)")
        self.rank = rank
        self.rankCount = rankCount
        self.sum = sum
    }

    /// The part of `count` things that is this rank's: the parts are contiguous and differ in size
    /// by one at most.
    func share(of count: Int) -> Range<Int> {
        rank * count / rankCount..<(rank + 1) * count / rankCount
    }

    /// Where this rank's things begin in lists that hold those of rank 0, then those of rank 1, ….
    ///
    /// - Parameter counts: The number of this rank's things in each list.
    /// - Returns: A place in each list.
    /// - Throws: What the sum throws.
    func starts(of counts: [Int]) throws -> [Int] {
        var table = [Int64](repeating: 0, count: counts.count * rankCount)
        for (list, count) in counts.enumerated() { table[list * rankCount + rank] = Int64(count) }
        try sum(&table)
        return counts.indices.map { list in
            table[list * rankCount..<list * rankCount + rank].reduce(0) { $0 + Int($1) }
        }
    }

    /// Sums an array.
    func sum(_ values: inout [Int64]) throws {
        guard rankCount > 1, !values.isEmpty else { return }
        try values.withUnsafeMutableBufferPointer { try sum($0) }
    }
}
