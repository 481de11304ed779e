/// The scores of samples for one class, of which some belong to it: what a ROC curve and a
/// precision–recall curve are made of.
///
/// It is a multiset: neither the order in which samples were added nor how they were divided into
/// parts changes anything. A sample takes 4 bytes.
public struct RankedScores: Sendable {
    /// Keys in the order of the scores, of the samples of the class.
    private var positives: [UInt32] = []
    /// Those of all others.
    private var negatives: [UInt32] = []

    /// Creates scores of nothing.
    public init() {}

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - score: The larger, the surer that it is of the class; 0 and −0 are equal.
    ///   - isPositive: Whether it is of the class.
    public mutating func add(_ score: Float, isPositive: Bool) {
        if isPositive {
            positives.append(score.orderKey)
        } else {
            negatives.append(score.orderKey)
        }
    }

    /// Everything as bytes, of which those of all parts together are the whole.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + 4 * (positives.count + negatives.count))
        withUnsafeBytes(of: Int64(positives.count)) { bytes += $0 }
        positives.withUnsafeBytes { bytes += $0 }
        negatives.withUnsafeBytes { bytes += $0 }
        return bytes
    }

    /// Puts parts together.
    ///
    /// - Parameter parts: The bytes of each part.
    public init(parts: [[UInt8]]) {
        for part in parts {
            part.withUnsafeBytes { bytes in
                let split = 8 + 4 * Int(bytes.loadUnaligned(as: Int64.self))
                positives.append(contentsOf: bytes[8..<split].words)
                negatives.append(contentsOf: bytes[split...].words)
            }
        }
    }

    /// Goes through the distinct scores from the largest to the smallest.
    ///
    /// - Parameter body: Gets each score, and how many samples of the class and how many others
    ///   have at least this score.
    /// - Returns: Whether all scores are numbers; if not, there is no order and `body` gets nothing.
    private func forEachScore(_ body: (Float, Int, Int) -> Void) -> Bool {
        let (positives, negatives) = (positives.sorted(by: >), negatives.sorted(by: >))
        let largest = max(positives.first ?? 0, negatives.first ?? 0)
        if largest > Float.infinity.orderKey { return false }
        var (above, othersAbove) = (0, 0)
        while above < positives.count || othersAbove < negatives.count {
            let key = max(
                above < positives.count ? positives[above] : 0,
                othersAbove < negatives.count ? negatives[othersAbove] : 0)
            while above < positives.count, positives[above] == key { above += 1 }
            while othersAbove < negatives.count, negatives[othersAbove] == key { othersAbove += 1 }
            body(Float(orderKey: key), above, othersAbove)
        }
        return true
    }

    /// The numbers that metrics are made of.
    public var ranking: ClassRanking {
        var doubledPairs: Int64 = 0
        var precisionSum = 0.0
        var (lastAbove, lastOthersAbove) = (0, 0)
        let isOrdered = forEachScore { _, above, othersAbove in
            let (hits, others) = (above - lastAbove, othersAbove - lastOthersAbove)
            // Pairs of one of these others with a sample above it, and ties for a half.
            doubledPairs += Int64(others) * Int64(2 * lastAbove + hits)
            precisionSum += Double(hits) * Double(above) / Double(above + othersAbove)
            (lastAbove, lastOthersAbove) = (above, othersAbove)
        }
        return ClassRanking(
            positiveCount: positives.count, negativeCount: negatives.count,
            doubledPairCount: isOrdered ? doubledPairs : -1,
            precisionSum: isOrdered ? precisionSum : .nan)
    }

    /// The points of both curves.
    public var curve: RankingCurve {
        var curve = RankingCurve(positiveCount: positives.count, negativeCount: negatives.count)
        _ = forEachScore { curve.add(threshold: $0, truePositives: $1, falsePositives: $2) }
        return curve
    }
}

extension Float {
    /// A number that is larger for larger scores and largest for NaN; never 0.
    fileprivate var orderKey: UInt32 {
        if isNaN { return .max }
        // −0 + 0 is 0.
        let bits = (self + 0).bitPattern
        return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
    }

    /// The score of a key.
    fileprivate init(orderKey key: UInt32) {
        self.init(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// The bytes as numbers of 4 bytes.
    fileprivate var words: [UInt32] {
        stride(from: startIndex, to: endIndex, by: 4).map {
            base.loadUnaligned(fromByteOffset: $0, as: UInt32.self)
        }
    }
}
