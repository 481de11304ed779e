/// Which character stands between a file's cells.
enum DelimiterDetection {
    private static let candidates = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    private static let recordCount = 50

    /// Finds the candidate by which most records have the same number of cells, more than one; of
    /// several the one that makes the most cells, and then the first of comma, semicolon, tab, bar.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - head: The part that is looked at.
    /// - Returns: The character; a comma if nothing cuts the records into cells.
    static func delimiter(of bytes: ImmutableBytes, in head: Range<Int>) -> UInt8 {
        var best = (delimiter: candidates[0], share: 0.0, cellCount: 1)
        for candidate in candidates {
            let (cellCount, share) = commonCellCount(bytes, head, candidate)
            if cellCount > 1 && (share, cellCount) > (best.share, best.cellCount) {
                best = (candidate, share, cellCount)
            }
        }
        return best.delimiter
    }

    /// The most frequent number of cells, and the share of the records that have it.
    private static func commonCellCount(
        _ bytes: ImmutableBytes, _ head: Range<Int>, _ delimiter: UInt8
    ) -> (cellCount: Int, share: Double) {
        var scanner = CellScanner(
            bytes: bytes.start, end: head.upperBound, delimiter: delimiter,
            position: head.lowerBound)
        var counts: [Int] = []
        while counts.count < recordCount && scanner.skipBlankLines() {
            // What is wrong in the file is said when it is read.
            guard let count = try? scanner.skipRecord() else { break }
            // The last record of the head may go on behind it.
            if scanner.position == head.upperBound && head.upperBound < bytes.count
                && !counts.isEmpty
            {
                break
            }
            counts.append(count)
        }
        let frequencies = Dictionary(counts.map { ($0, 1) }, uniquingKeysWith: +)
        let best = frequencies.max { ($0.value, $0.key) < ($1.value, $1.key) }
        guard let best else { return (1, 0) }
        return (best.key, Double(best.value) / Double(counts.count))
    }
}
