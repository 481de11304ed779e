/// Rows of a node, one after the other as integers: what stands in for a histogram that would have
/// many more bins than there are rows.
///
/// Each rank writes its rows where the others have zeros, so that a sum over ranks lists them all.
struct RowList {
    /// The rows: of each its weight, its target, and its code of each feature of the layout.
    let base: UnsafeMutablePointer<Int64>
    /// The number of features.
    let featureCount: Int
    /// The most rows; lines that remain empty have the weight 0.
    let capacity: Int

    /// Integers before the codes of a row.
    private static let headCount = 2

    /// Integers of a row.
    ///
    /// - Parameter featureCount: The number of features.
    /// - Returns: The number.
    static func width(featureCount: Int) -> Int { headCount + featureCount }

    /// The integers of a row: its weight and its target.
    subscript(row: Int) -> (weight: Int64, target: Int64) {
        let line = line(row)
        return (line[0], line[1])
    }

    /// The code of a row.
    func code(_ row: Int, _ place: Int) -> Int { Int(line(row)[Self.headCount &+ place]) }

    /// Writes a row.
    ///
    /// - Parameters:
    ///   - row: Its place in the list.
    ///   - weight: How often it counts.
    ///   - target: Its target.
    ///   - code: Its code of the feature at a place of the layout.
    @inline(__always)
    func write(_ row: Int, weight: Int64, target: Int64, code: (Int) -> UInt16) {
        let line = line(row)
        line[0] = weight
        line[1] = target
        for place in 0..<featureCount { line[Self.headCount &+ place] = Int64(code(place)) }
    }

    private func line(_ row: Int) -> UnsafeMutablePointer<Int64> {
        base + row &* Self.width(featureCount: featureCount)
    }
}

/// The filled bins of one feature, made of a list of rows.
final class ListedBins {
    private let totals: NodeTotals
    private let keys: UnsafeMutableBufferPointer<UInt32>
    private let scratch: UnsafeMutableBufferPointer<UInt32>
    private let codes: UnsafeMutablePointer<Int32>
    private let counts: UnsafeMutablePointer<Int64>

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - totals: What a bin holds.
    ///   - capacity: The most rows of a list, at most 65,536.
    init(_ totals: NodeTotals, capacity: Int) {
        precondition(capacity <= 1 << 16, "places in a list have 16 bits")
        self.totals = totals
        keys = .allocate(capacity: capacity)
        scratch = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
        counts = .allocate(capacity: capacity * totals.histogramWidth)
    }

    deinit {
        keys.deallocate()
        scratch.deallocate()
        codes.deallocate()
        counts.deallocate()
    }

    /// The bins of a feature, valid until the next call.
    ///
    /// - Parameters:
    ///   - list: The rows.
    ///   - place: The place of the feature in the layout.
    /// - Returns: Bins in ascending order of their codes.
    func bins(of list: RowList, _ place: Int) -> FilledBins {
        let width = totals.histogramWidth
        var rowCount = 0
        for row in 0..<list.capacity where list[row].weight > 0 {
            keys[rowCount] = UInt32(list.code(row, place)) << 16 | UInt32(row)
            rowCount += 1
        }
        RadixSort.sort(
            UnsafeMutableBufferPointer(rebasing: keys[..<rowCount]),
            scratch: UnsafeMutableBufferPointer(rebasing: scratch[..<rowCount]), bits: 16..<32,
            digitBitCount: 8)
        var bin = -1
        for index in 0..<rowCount {
            let code = Int32(keys[index] >> 16)
            if bin < 0 || codes[bin] != code {
                bin += 1
                codes[bin] = code
                (counts + bin &* width).update(repeating: 0, count: width)
            }
            let (weight, target) = list[Int(keys[index] & 0xffff)]
            totals.add(weight: weight, target: target, toBin: counts + bin &* width)
        }
        return FilledBins(counts: counts, codes: codes, count: bin + 1)
    }
}

/// Bins of one feature with what a node's rows have in them.
struct FilledBins {
    /// The integers of each bin.
    let counts: UnsafePointer<Int64>
    /// The code of each bin; nil where the first bin has code 0, the second 1, ….
    let codes: UnsafePointer<Int32>?
    /// The number of bins.
    let count: Int

    /// The code of a bin.
    @inline(__always)
    func code(_ bin: Int) -> Int { codes.map { Int($0[bin]) } ?? bin }
}
