/// How the elements of a slab are divided: into buckets that are exchanged one after the other, each
/// bucket into lanes that members of a team own, and each lane into shares that teams add up.
///
/// It depends on the sizes of the teams alone, and all borders but those of shares are multiples of
/// `SlabReduction.blockLength`.
struct SlabDivision {
    /// 2 MiB: small enough to start early and to stay in a cache, large enough that the time of
    /// waiting for an answer is small beside that of the transfer.
    static let bucketLength = 1 << 19

    private let elementCount: Int
    private let memberCounts: [Int]
    /// The buckets, from the end of the slab to its beginning.
    ///
    /// This is the order in which a backward pass completes them. A single bucket where there is one
    /// team.
    let buckets: [Range<Int>]

    /// The number of lanes of each bucket: that of the members of the largest team.
    var laneCount: Int { memberCounts.max() ?? 1 }

    init(elementCount: Int, memberCounts: [Int]) {
        self.elementCount = elementCount
        self.memberCounts = memberCounts
        let length = memberCounts.count == 1 ? max(elementCount, 1) : Self.bucketLength
        buckets = stride(from: 0, to: elementCount, by: length).reversed().map {
            $0..<min($0 + length, elementCount)
        }
    }

    /// The number of buckets of so many elements, however many teams there are.
    static func largestBucketCount(elementCount: Int) -> Int {
        (elementCount + bucketLength - 1) / bucketLength
    }

    /// The lanes that a member of a team owns in each bucket.
    func lanes(ofMember member: Int, team: Int) -> [Int] {
        Array(stride(from: member, to: laneCount, by: memberCounts[team]))
    }

    /// The member of a team that owns a lane.
    func member(ofLane lane: Int, team: Int) -> Int { lane % memberCounts[team] }

    /// The elements of a lane of a bucket.
    func lane(_ lane: Int, of bucket: Range<Int>) -> Range<Int> {
        let block = SlabReduction.blockLength
        let blocks = BalancedPartition.range(
            of: lane, outOf: laneCount, count: (bucket.count + block - 1) / block)
        let begin = min(bucket.lowerBound + blocks.lowerBound * block, bucket.upperBound)
        return begin..<min(bucket.lowerBound + blocks.upperBound * block, bucket.upperBound)
    }

    /// The elements of a lane that a team adds up across teams.
    func share(ofTeam team: Int, in lane: Range<Int>) -> Range<Int> {
        let line = 16
        let lines = BalancedPartition.range(
            of: team, outOf: memberCounts.count, count: (lane.count + line - 1) / line)
        let begin = min(lane.lowerBound + lines.lowerBound * line, lane.upperBound)
        return begin..<min(lane.lowerBound + lines.upperBound * line, lane.upperBound)
    }
}
