import Diagnostics

/// The training rows as trees see them: a code of 16 bits for each feature, and integers for targets.
///
/// Bins are those of all rows, so they are the same at any number of ranks; codes and targets are
/// held for this rank's rows alone.
public final class BinnedRows {
    /// The number of rows of all ranks.
    public let rowCount: Int
    /// The number of features.
    public let featureCount: Int
    /// What is predicted.
    public let task: TreeTask
    /// This rank's rows.
    let own: Range<Int>
    /// The bins of each feature.
    let bins: [FeatureBins]
    /// Codes of this rank's rows, [row, feature].
    let codes: UnsafeMutablePointer<UInt16>
    /// Classes of this rank's rows, or their targets in units of `unit`.
    let targets: UnsafeMutablePointer<Int64>
    /// The unit of targets that are numbers.
    let unit: FixedPoint?

    /// The number of codes of all features: bins of a histogram.
    var codeCount: Int { bins.reduce(0) { $0 + $1.codeCount } }

    /// Rows that are encoded at a time.
    private static let rowsPerBlock = 256

    /// Bins the features of this rank's rows, by the values of all rows.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - features: Features of all ranks' rows, [row, feature], NaN where one is missing; not used
    ///     any more afterwards.
    ///   - featureCount: The number of features, at least 1.
    ///   - targets: What all ranks' rows are to be predicted to be; of at least one row.
    ///   - binLimit: The most bins of a feature, up to 65,535; if not given, as many as suit the size
    ///     of the table.
    ///   - ranks: The ranks.
    /// - Throws: `Failure` with `badData` if a target is not finite or no class; what the ranks'
    ///   sum throws.
    public init(
        features: UnsafePointer<Float>, featureCount: Int, targets: TreeTargets,
        binLimit: Int? = nil, ranks: TreeRanks
    ) throws {
        precondition(
            (1..<Int(Int32.max)).contains(targets.rowCount) && featureCount >= 1,
            "a tree needs rows and features, got \(targets.rowCount) and \(featureCount)")
        rowCount = targets.rowCount
        self.featureCount = featureCount
        own = ranks.share(of: rowCount)
        let integers: [Int64]
        (task, unit, integers) = try Self.integers(targets, own)
        let limit = binLimit ?? Self.usualBinLimit(targets.rowCount, featureCount, task)
        bins = try Self.bins(features, rowCount, featureCount, limit, ranks)
        try Self.checkSize(of: bins, task)
        codes = .allocate(capacity: own.count * featureCount)
        self.targets = .allocate(capacity: own.count)
        self.targets.initialize(from: integers, count: own.count)
        encode(features)
    }

    deinit {
        codes.deallocate()
        targets.deallocate()
    }

    /// The most bins of a feature: so many that in small tables every value has its own, but so few
    /// that histograms fit caches, and stay small beside the rows where there are millions.
    private static func usualBinLimit(
        _ rowCount: Int, _ featureCount: Int, _ task: TreeTask
    ) -> Int {
        let byRows = (1 << 30) / rowCount
        let byMemory = (1 << 18) / (featureCount * max(2, task.outputCount))
        return min(max(min(byRows, byMemory), 255), FeatureBins.largestCount)
    }

    private static func integers(
        _ targets: TreeTargets, _ own: Range<Int>
    ) throws -> (TreeTask, FixedPoint?, [Int64]) {
        switch targets {
        case .numbers(let numbers):
            let unit = try FixedPoint(numbers)
            return (.regression, unit, own.map { unit.integer(numbers[$0]) })
        case .classes(let labels, let count):
            if let row = labels.firstIndex(where: { $0 < 0 || $0 >= count }) {
                throw Failure(
                    .badData, in: "class of row \(row + 1)", expected: "0 to \(count - 1)",
                    found: "\(labels[row])")
            }
            return (.classification(classCount: count), nil, own.map { Int64(labels[$0]) })
        }
    }

    /// The bins of all features: each rank finds those of some features, then they are exchanged.
    private static func bins(
        _ features: UnsafePointer<Float>, _ rowCount: Int, _ featureCount: Int, _ limit: Int,
        _ ranks: TreeRanks
    ) throws -> [FeatureBins] {
        let size = FeatureBins.wordCount(limit: limit)
        var words = [Int64](repeating: 0, count: featureCount * size)
        let keys = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: rowCount)
        let scratch = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: rowCount)
        defer {
            keys.deallocate()
            scratch.deallocate()
        }
        for feature in stride(from: ranks.rank, to: featureCount, by: ranks.rankCount) {
            var count = 0
            for row in 0..<rowCount {
                let value = features[row * featureCount + feature]
                guard !value.isNaN else { continue }
                keys[count] = RadixSort.key(of: value)
                count += 1
            }
            let found = UnsafeMutableBufferPointer(rebasing: keys[..<count])
            RadixSort.sort(found, scratch: UnsafeMutableBufferPointer(rebasing: scratch[..<count]))
            let bins = FeatureBins(
                sortedKeys: UnsafeBufferPointer(found), limit: limit, hasMissing: count < rowCount)
            for (offset, word) in bins.words.enumerated() { words[feature * size + offset] = word }
        }
        try ranks.sum(&words)
        return (0..<featureCount).map { FeatureBins(words: words[$0 * size..<($0 + 1) * size]) }
    }

    /// The most integers of a histogram: 1 GiB.
    private static let largestHistogram = 1 << 27

    /// Bytes of the histogram of a node.
    public var histogramByteCount: Int { 8 * codeCount * max(2, task.outputCount) }

    /// Refuses what would need histograms of gigabytes.
    private static func checkSize(of bins: [FeatureBins], _ task: TreeTask) throws {
        let width = max(2, task.outputCount)
        let size = bins.reduce(0) { $0 + $1.codeCount }.multipliedReportingOverflow(by: width)
        guard !size.overflow && size.partialValue <= largestHistogram else {
            throw Failure(
                .badData, in: "features of a tree",
                expected: "at most \(largestHistogram.grouped) bins times classes",
                found: "\(bins.count.grouped) features and \(width.grouped) classes",
                fix: "leave out columns, or use another model")
        }
    }

    /// Finds the codes of this rank's rows by halving, in tables filled up to a power of two.
    ///
    /// Some rows at a time, so that both they and a table stay in the cache.
    private func encode(_ features: UnsafePointer<Float>) {
        let largest = bins.reduce(0) { max($0, $1.count) }
        let levels = Int.bitWidth - largest.leadingZeroBitCount
        let width = 1 << levels
        let tables = UnsafeMutablePointer<Float>.allocate(capacity: featureCount * width)
        defer { tables.deallocate() }
        tables.initialize(repeating: .infinity, count: featureCount * width)
        for (feature, bins) in bins.enumerated() {
            (tables + feature * width).update(from: bins.maxima, count: bins.count)
        }
        for first in stride(from: own.lowerBound, to: own.upperBound, by: Self.rowsPerBlock) {
            let block = first..<min(first + Self.rowsPerBlock, own.upperBound)
            for (feature, bins) in bins.enumerated() {
                let table = tables + feature * width
                let missing = UInt16(bins.count)
                for row in block {
                    let value = features[row &* featureCount &+ feature]
                    var code = 0
                    // Without a branch, as none could be foretold.
                    for level in (0..<levels).reversed() {
                        let middle = table[code &+ 1 &<< level &- 1]
                        code &+= (middle < value ? 1 : 0) &<< level
                    }
                    codes[(row &- own.lowerBound) &* featureCount &+ feature] =
                        value.isNaN ? missing : UInt16(truncatingIfNeeded: code)
                }
            }
        }
    }
}
