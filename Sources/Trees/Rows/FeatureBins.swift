/// The bins of a feature: intervals of its values, in ascending order, each with the smallest and the
/// largest value in it that rows have.
struct FeatureBins: Hashable {
    /// The most bins: codes have 16 bits, and one of them is for missing values.
    static let largestCount = Int(UInt16.max)

    /// The smallest value of each bin.
    let minima: [Float]
    /// The largest value of each bin.
    let maxima: [Float]
    /// Whether rows miss the value; those have the code after the last bin.
    let hasMissing: Bool

    /// The number of bins of values.
    var count: Int { maxima.count }
    /// The number of codes, with that for a missing value.
    var codeCount: Int { count + (hasMissing ? 1 : 0) }

    /// Divides values: one bin for each if there are few different ones, else bins with about as
    /// many rows each.
    ///
    /// - Parameters:
    ///   - keys: The sort keys of the rows' values, in ascending order.
    ///   - limit: The most bins.
    ///   - hasMissing: Whether there are rows beside them that miss the value.
    init(sortedKeys keys: UnsafeBufferPointer<UInt32>, limit: Int, hasMissing: Bool) {
        precondition((1...Self.largestCount).contains(limit), "\(limit) bins have no codes")
        let distinct = Self.runs(of: keys, atMost: limit)
        let borders = distinct ?? Self.quantiles(of: keys, count: limit)
        minima = borders.map { RadixSort.value(of: keys[$0.lowerBound]) }
        maxima = borders.map { RadixSort.value(of: keys[$0.upperBound - 1]) }
        self.hasMissing = hasMissing
    }

    /// The ranges of equal keys, or nil if there are too many.
    private static func runs(
        of keys: UnsafeBufferPointer<UInt32>, atMost limit: Int
    ) -> [Range<Int>]? {
        var runs: [Range<Int>] = []
        var start = 0
        while start < keys.count {
            guard runs.count < limit else { return nil }
            let end = endOfRun(in: keys, from: start)
            runs.append(start..<end)
            start = end
        }
        return runs
    }

    /// Ranges of about as many keys each, in which equal keys stay together; a key that is as frequent
    /// as a range is long has one of its own.
    private static func quantiles(
        of keys: UnsafeBufferPointer<UInt32>, count: Int
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < keys.count {
            // What remains is shared by the bins that remain, so a frequent value takes no room
            // from the others.
            let remaining = count - ranges.count
            let share = max(1, (keys.count - start + remaining - 1) / remaining)
            let last = min(start + share, keys.count) - 1
            var runStart = last
            while runStart > start && keys[runStart - 1] == keys[last] { runStart -= 1 }
            let runEnd = endOfRun(in: keys, from: last)
            let isFrequent = runEnd - runStart >= share && runStart > start && remaining > 1
            let end = isFrequent ? runStart : runEnd
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    /// Where the keys that equal the one at `start` end; looks ahead by doubling steps.
    private static func endOfRun(in keys: UnsafeBufferPointer<UInt32>, from start: Int) -> Int {
        var (low, step) = (start, 1)
        while low + step < keys.count && keys[low + step] == keys[start] {
            low += step
            step *= 2
        }
        var high = min(low + step, keys.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if keys[middle] == keys[start] { low = middle } else { high = middle }
        }
        return high
    }

    /// The last bin whose values a threshold sends left, or −1.
    func bin(ofThreshold threshold: Float) -> Int {
        (maxima.firstIndex { $0 > threshold } ?? count) - 1
    }

    /// A number between the values of two bins, the larger one excluded.
    ///
    /// - Parameters:
    ///   - bin: The last bin that goes left.
    ///   - next: The first bin that goes right; `count` if none does.
    /// - Returns: The threshold: values up to it go left.
    func threshold(after bin: Int, before next: Int) -> Float {
        guard next < count else { return .infinity }
        let (lower, upper) = (maxima[bin], minima[next])
        let middle = lower + (upper - lower) / 2
        // Between neighbouring numbers there is none, and infinities have no middle.
        return middle >= lower && middle < upper ? middle : lower
    }
}

/// Bins as integers, so that ranks can exchange them by a sum.
extension FeatureBins {
    /// The most integers: the number of bins, then the smallest and the largest value of each.
    static func wordCount(limit: Int) -> Int { 1 + limit }

    /// The bins as integers.
    var words: [Int64] {
        var words = [Int64](repeating: 0, count: 1 + count)
        words[0] = Int64(count) << 1 | (hasMissing ? 1 : 0)
        for bin in 0..<count {
            let pair = UInt64(minima[bin].bitPattern) << 32 | UInt64(maxima[bin].bitPattern)
            words[1 + bin] = Int64(bitPattern: pair)
        }
        return words
    }

    /// The bins that have become integers.
    init(words: ArraySlice<Int64>) {
        let pairs = words.dropFirst().prefix(Int(words[words.startIndex] >> 1)).map {
            UInt64(bitPattern: $0)
        }
        minima = pairs.map { Float(bitPattern: UInt32($0 >> 32)) }
        maxima = pairs.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
        hasMissing = words[words.startIndex] & 1 == 1
    }
}
