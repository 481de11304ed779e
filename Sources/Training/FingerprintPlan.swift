import Kernels
import Layers

/// How the tensors of a network are hashed: in segments, whose hashes are folded to one fingerprint
/// a tensor.
///
/// Segments have a fixed length from the beginning of their tensor, so that anybody can hash any of
/// them, and the fingerprints do not depend on who did. A tensor is hashed in the order in which it
/// lies in memory.
///
/// Within a tensor a change of one float, be it a single bit, is missed once in 2³² times, as any
/// other change: so short is a fingerprint. The 64-bit hash of a segment never misses it.
public struct FingerprintPlan: Sendable {
    /// Floats of a segment; the last of a tensor may have fewer.
    public static let segmentLength = 1 << 14

    /// The tensors in the order of their fingerprints: the layout's parameters, then its running
    /// statistics.
    public let tensorNames: [String]
    /// For each tensor one past its last segment.
    private let segmentEnds: [Int]
    private let segments: [Segment]

    private struct Segment {
        let isStatistic: Bool
        let range: Range<Int>
    }

    /// Cuts the tensors of a layout.
    ///
    /// - Parameter layout: Where they lie.
    public init(layout: ParameterLayout) {
        var segments: [Segment] = []
        var ends: [Int] = []
        func cut(_ range: Range<Int>, isStatistic: Bool) {
            let (first, length) = (range.lowerBound, Self.segmentLength)
            for start in stride(from: first, to: range.upperBound, by: length) {
                let end = min(start + length, range.upperBound)
                segments.append(Segment(isStatistic: isStatistic, range: start..<end))
            }
            ends.append(segments.count)
        }
        for parameter in layout.parameters { cut(parameter.range, isStatistic: false) }
        for statistic in layout.statistics { cut(statistic.range, isStatistic: true) }
        tensorNames = layout.parameters.map(\.name) + layout.statistics.map(\.name)
        segmentEnds = ends
        self.segments = segments
    }

    /// The number of segments of all tensors.
    public var segmentCount: Int { segments.count }

    /// The tensor that a segment belongs to.
    ///
    /// - Parameter segment: Which, in 0 ..< `segmentCount`.
    /// - Returns: The place of the tensor in `tensorNames`.
    public func tensor(ofSegment segment: Int) -> Int {
        segmentEnds.firstIndex { segment < $0 } ?? segmentEnds.count
    }

    /// Hashes a segment.
    ///
    /// - Parameters:
    ///   - segment: Which, in 0 ..< `segmentCount`.
    ///   - parameters: The parameters' slab.
    ///   - statistics: The statistics' slab.
    /// - Returns: The hash.
    public func hash(
        segment: Int, parameters: UnsafePointer<Float>, statistics: UnsafePointer<Float>
    ) -> UInt64 {
        let place = segments[segment]
        return Vectors.kernels.hashBits(
            of: (place.isStatistic ? statistics : parameters) + place.range.lowerBound,
            count: place.range.count)
    }

    /// Folds the hashes of all segments.
    ///
    /// - Parameters:
    ///   - hashes: By segment, `segmentCount` of them.
    ///   - fingerprints: Where the fingerprints go, one for each of `tensorNames`.
    public func fold(
        _ hashes: UnsafePointer<UInt64>, into fingerprints: UnsafeMutablePointer<UInt32>
    ) {
        var segment = 0
        for (tensor, end) in segmentEnds.enumerated() {
            var folded: UInt64 = 0
            while segment < end {
                folded = Self.fold(hashes[segment], into: folded)
                segment += 1
            }
            fingerprints[tensor] = UInt32(truncatingIfNeeded: folded)
        }
    }

    /// Takes the hash of a segment to those of the segments before it.
    ///
    /// - Parameters:
    ///   - hash: The hash.
    ///   - folded: What the segments before came to; 0 for the first.
    /// - Returns: What they come to now; a tensor's fingerprint are the lowest 32 bits.
    static func fold(_ hash: UInt64, into folded: UInt64) -> UInt64 {
        let product = (folded ^ hash) &* 0xff51_afd7_ed55_8ccd
        return product ^ (product >> 32)
    }
}
