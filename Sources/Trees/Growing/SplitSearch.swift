import Foundation

/// The search for the best split of a node in its histogram, or among its rows.
///
/// Among splits that are equally good the first wins: by the order of the features, then with the
/// lower threshold, then with missing values on the right.
struct SplitSearch {
    private let bins: [FeatureBins]
    private let listed: ListedBins
    private let totals: NodeTotals
    private let minSamplesLeaf: Int64
    private let criterion: TreeCriterion
    /// Counts left and right of a border, and those of missing values.
    private let left: UnsafeMutablePointer<Int64>
    private let right: UnsafeMutablePointer<Int64>

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - rows: Whose bins it knows.
    ///   - settings: What makes a split good.
    ///   - listed: Makes bins of listed rows.
    ///   - scratch: Twice as many integers as a bin of a histogram has.
    init(
        _ rows: BinnedRows, _ settings: TreeSettings, listed: ListedBins,
        scratch: UnsafeMutablePointer<Int64>
    ) {
        bins = rows.bins
        self.listed = listed
        totals = NodeTotals(task: rows.task, unit: rows.unit)
        minSamplesLeaf = Int64(settings.minSamplesLeaf)
        criterion = settings.criterion
        left = scratch
        right = scratch + totals.histogramWidth
    }

    /// The best split so far.
    private struct Best {
        var score = -Double.infinity
        var split: Split?
    }

    /// Finds the best split.
    ///
    /// - Parameters:
    ///   - content: The rows of the node.
    ///   - layout: The features that are searched.
    ///   - node: The totals of the node.
    /// - Returns: The split, or nil if no feature has two values on which enough rows lie.
    func best(
        _ content: NodeContent, _ layout: HistogramLayout, node: UnsafePointer<Int64>
    ) -> Split? {
        var best = Best()
        for place in 0..<layout.features.count {
            let feature = Int(layout.features[place])
            let filled = filledBins(content, layout, place)
            switch criterion {
            case .gini: scan(feature, filled, node, &best, GiniScore(width: width))
            case .entropy: scan(feature, filled, node, &best, EntropyScore(width: width))
            case .squaredError: scan(feature, filled, node, &best, SquaredErrorScore())
            }
        }
        return best.split
    }

    private func filledBins(
        _ content: NodeContent, _ layout: HistogramLayout, _ place: Int
    ) -> FilledBins {
        switch content {
        case .list(let list): listed.bins(of: list, place)
        case .histogram(let histogram):
            FilledBins(
                counts: histogram + Int(layout.starts[place]), codes: nil,
                count: bins[Int(layout.features[place])].codeCount)
        }
    }

    private var width: Int { totals.histogramWidth }

    @inline(__always)
    private func scan(
        _ feature: Int, _ filled: FilledBins, _ node: UnsafePointer<Int64>,
        _ best: inout Best, _ score: some SplitScore
    ) {
        let (binCount, width) = (bins[feature].count, score.width)
        let hasMissing = filled.count > 0 && filled.code(filled.count - 1) == binCount
        let missing = hasMissing ? filled.counts + (filled.count - 1) * width : nil
        let missingCount = missing.map { score.count($0) } ?? 0
        left.update(repeating: 0, count: width)
        var last = -1
        for place in 0..<filled.count - (hasMissing ? 1 : 0) {
            let counts = filled.counts + place &* width
            guard score.count(counts) > 0 else { continue }
            let bin = filled.code(place)
            if last >= 0 {
                rate(feature, last, bin, nil, missingCount == 0, node, &best, score)
                if missingCount > 0 {
                    rate(feature, last, bin, missing, false, node, &best, score)
                }
            }
            for index in 0..<width { left[index] &+= counts[index] }
            last = bin
        }
        if missingCount > 0 && last >= 0 {
            rate(feature, binCount - 1, binCount, nil, false, node, &best, score)
        }
    }

    /// Rates one split and keeps it if it is the best.
    @inline(__always)
    private func rate(
        _ feature: Int, _ bin: Int, _ next: Int, _ missing: UnsafePointer<Int64>?,
        _ missingFollowMost: Bool, _ node: UnsafePointer<Int64>, _ best: inout Best,
        _ score: some SplitScore
    ) {
        let width = score.width
        if let missing { for index in 0..<width { left[index] &+= missing[index] } }
        for index in 0..<width { right[index] = node[index] &- left[index] }
        let (leftCount, rightCount) = (score.count(left), score.count(right))
        if leftCount >= minSamplesLeaf && rightCount >= minSamplesLeaf {
            let value = score.side(left, count: leftCount) + score.side(right, count: rightCount)
            if value > best.score {
                best.score = value
                best.split = Split(
                    feature: feature, bin: bin, next: next,
                    sendsMissingLeft: missing != nil
                        || (missingFollowMost && leftCount > rightCount))
            }
        }
        if let missing { for index in 0..<width { left[index] &-= missing[index] } }
    }
}

/// How good one side of a split is; the sum over both sides is the larger the better.
private protocol SplitScore {
    /// Integers of a bin.
    var width: Int { get }
    /// The number of rows.
    func count(_ side: UnsafePointer<Int64>) -> Int64
    /// A constant less the impurity times the number of rows.
    func side(_ side: UnsafePointer<Int64>, count: Int64) -> Double
}

/// Adds up the counts of classes.
@inline(__always)
private func sum(_ counts: UnsafePointer<Int64>, _ width: Int) -> Int64 {
    if width == 2 { return counts[0] &+ counts[1] }
    var sum: Int64 = 0
    for index in 0..<width { sum &+= counts[index] }
    return sum
}

private struct GiniScore: SplitScore {
    let width: Int

    @inline(__always)
    func count(_ side: UnsafePointer<Int64>) -> Int64 { sum(side, width) }

    @inline(__always)
    func side(_ side: UnsafePointer<Int64>, count: Int64) -> Double {
        var squares = 0.0
        for index in 0..<width { squares += Double(side[index]) * Double(side[index]) }
        return squares / Double(count)
    }
}

private struct EntropyScore: SplitScore {
    let width: Int

    @inline(__always)
    func count(_ side: UnsafePointer<Int64>) -> Int64 { sum(side, width) }

    func side(_ side: UnsafePointer<Int64>, count: Int64) -> Double {
        var score = -Double(count) * logarithm(Double(count))
        for index in 0..<width where side[index] > 0 {
            score += Double(side[index]) * logarithm(Double(side[index]))
        }
        return score
    }
}

private struct SquaredErrorScore: SplitScore {
    let width = 2

    @inline(__always)
    func count(_ side: UnsafePointer<Int64>) -> Int64 { side[0] }

    @inline(__always)
    func side(_ side: UnsafePointer<Int64>, count: Int64) -> Double {
        Double(side[1]) * Double(side[1]) / Double(count)
    }
}

/// The logarithm to base 2.
func logarithm(_ number: Double) -> Double { log2(number) }
