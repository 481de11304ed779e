import Diagnostics
import Foundation

/// The ranks that read a file together, and how they exchange what they found.
public struct TableRanks {
    /// This rank, in `0 ..< rankCount`.
    public let rank: Int
    /// The number of ranks, at least 1.
    public let rankCount: Int
    private let allGather: ([UInt8]) throws -> [[UInt8]]

    /// One rank that reads alone.
    public static var single: TableRanks { TableRanks(rank: 0, rankCount: 1) { [$0] } }

    /// Describes a group of ranks.
    ///
    /// - Parameters:
    ///   - rank: This rank.
    ///   - rankCount: The number of ranks.
    ///   - allGather: Brings the bytes of every rank, of any number, to all ranks, in their order.
    public init(
        rank: Int, rankCount: Int, allGather: @escaping ([UInt8]) throws -> [[UInt8]]
    ) {
        precondition((0..<rankCount).contains(rank), "rank \(rank) of \(rankCount)")
        self.rank = rank
        self.rankCount = rankCount
        self.allGather = allGather
    }

    /// What one rank tells the others of a step that may have failed on it.
    private struct Report<Value: Codable>: Codable {
        var value: Value?
        var failure: Failure?
    }

    /// Does something on every rank, and fails on all ranks if it fails on any.
    ///
    /// - Parameter body: What each rank does for itself.
    /// - Returns: What it returned on each rank.
    /// - Throws: The `Failure` of the lowest rank that has one; what the exchange throws.
    func agreeing<Value: Codable>(_ body: () throws -> Value) throws -> [Value] {
        var report = Report<Value>()
        do {
            report.value = try body()
        } catch let failure as Failure {
            report.failure = failure
        }
        let gathered = try allGather(Array(try JSONEncoder().encode(report)))
        let reports = try gathered.map {
            try JSONDecoder().decode(Report<Value>.self, from: Data($0))
        }
        if let failure = reports.lazy.compactMap(\.failure).first { throw failure }
        return reports.compactMap(\.value)
    }

    /// Puts the ranks' parts of a column one after the other.
    ///
    /// - Parameters:
    ///   - part: This rank's part.
    ///   - counts: The number of elements of each rank's part.
    /// - Returns: The whole, the same on every rank.
    /// - Throws: What the exchange throws.
    func joined<Element: BitwiseCopyable>(
        _ part: [Element], counts: [Int]
    ) throws -> [Element] {
        precondition(part.count == counts[rank], "\(part.count) elements, not \(counts[rank])")
        if rankCount == 1 { return part }
        let total = counts.reduce(0, +)
        return try [Element](unsafeUninitializedCapacity: total) { whole, initialized in
            let bytes = UnsafeMutableRawBufferPointer(whole)
            for first in stride(from: 0, to: counts.max() ?? 0, by: Self.largestPiece) {
                let piece = part.dropFirst(first).prefix(Self.largestPiece)
                let gathered = try allGather(piece.withUnsafeBytes { [UInt8]($0) })
                var start = first
                for (count, received) in zip(counts, gathered) {
                    if !received.isEmpty {
                        UnsafeMutableRawBufferPointer(
                            rebasing: bytes[(start * MemoryLayout<Element>.stride)...]
                        ).copyBytes(from: received)
                    }
                    start += count
                }
            }
            initialized = total
        }
    }

    /// Brings the bytes of every rank to all of them.
    func gathered(_ bytes: [UInt8]) throws -> [[UInt8]] { try allGather(bytes) }

    /// So many elements of a rank go in one exchange, since MPI counts bytes by 31 bits.
    private static let largestPiece = 1 << 22
}
