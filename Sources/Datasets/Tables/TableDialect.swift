import Diagnostics

/// How the text of a file is cut into records and cells, and what its first record says.
struct TableDialect {
    /// What stands between cells.
    let delimiter: UInt8
    /// The cells of the first record, unquoted.
    let firstRecord: [String]
    /// Whether the first record holds the names of the columns.
    let hasHeader: Bool
    /// Where the first record begins.
    let start: Int
    /// Where the first record of data begins.
    let dataStart: Int

    /// Only so much of a file is looked at to find out about it.
    static let headByteCount = 1 << 16

    /// Finds out how a file is written.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - path: The file.
    ///   - options: What is known of it.
    ///   - schema: The columns of the table that it is like.
    /// - Throws: `Failure` with `.badData` if it is no table, with `.usage` for bad options.
    init(
        _ bytes: ImmutableBytes, path: String, options: TableOptions, like schema: TableSchema?
    ) throws {
        let text = UnsafeBufferPointer(start: bytes.start, count: bytes.count)
        let begin = text.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        guard !text.starts(with: [0xff, 0xfe]) && !text.starts(with: [0xfe, 0xff]) else {
            throw Failure(
                .badData, in: path, expected: "UTF-8 text", found: "text in UTF-16",
                fix: "convert the file, as with `iconv -f utf-16 -t utf-8`")
        }
        let markers = MissingMarkers(options.missingMarkers)
        let headEnd = min(bytes.count, begin + Self.headByteCount)
        delimiter =
            try options.delimiterByte()
            ?? Self.likelyDelimiter(options, of: bytes, in: begin..<headEnd, like: schema)
            ?? DelimiterDetection.delimiter(of: bytes, in: begin..<headEnd)
        var scanner = CellScanner(
            bytes: bytes.start, end: bytes.count, delimiter: delimiter, position: begin)
        guard scanner.skipBlankLines() else {
            throw Failure(.badData, in: path, expected: "rows", found: "only empty lines")
        }
        start = scanner.position
        do throws(TableDefect) {
            firstRecord = try Self.record(of: &scanner)
        } catch {
            throw error.failure(path: path, bytes: bytes, names: [])
        }
        guard firstRecord.count <= TableSchema.largestColumnCount else {
            throw Failure(
                .badData, in: path,
                expected: "at most \(TableSchema.largestColumnCount.grouped) columns",
                found: "more", fix: "see that this is a table with a line for each row")
        }
        let detection = HeaderDetection(firstRecord, markers: markers)
        hasHeader =
            options.hasHeader
            ?? (detection.isHeader(of: schema)
                || detection.isHeader(
                    before: scanner, upTo: headEnd, mayBeAllText: schema?.hasHeader ?? true))
        dataStart = hasHeader ? scanner.position : start
    }

    /// The names of the columns, each once: those in the file, with `.1` and so on behind those that
    /// come again, or `column1` and so on.
    var names: [String] {
        var taken: Set<String> = []
        var repetitions: [String: Int] = [:]
        return firstRecord.enumerated().map { index, cell in
            let base = hasHeader && !cell.isEmpty ? cell : "column\(index + 1)"
            var name = base
            while !taken.insert(name).inserted {
                repetitions[base, default: 0] += 1
                name = "\(base).\(repetitions[base] ?? 0)"
            }
            return name
        }
    }

    /// The delimiter of the other table, if it makes of the first record what that table has.
    private static func likelyDelimiter(
        _ options: TableOptions, of bytes: ImmutableBytes, in head: Range<Int>,
        like schema: TableSchema?
    ) -> UInt8? {
        guard let schema, let delimiter = options.likelyDelimiter.flatMap(TableOptions.byte)
        else { return nil }
        var scanner = CellScanner(
            bytes: bytes.start, end: bytes.count, delimiter: delimiter, position: head.lowerBound)
        guard scanner.skipBlankLines(), let count = try? scanner.skipRecord() else { return nil }
        let columnCount = schema.columns.count
        return count > 1 && (columnCount - 1...columnCount).contains(count) ? delimiter : nil
    }

    /// The texts of a record, one more than the most columns at most.
    private static func record(of scanner: inout CellScanner) throws(TableDefect) -> [String] {
        var cells: [String] = []
        while true {
            let cell = try scanner.next()
            let text = UnsafeBufferPointer(
                start: scanner.bytes + cell.start, count: cell.end - cell.start)
            if text.contains(0) { throw TableDefect(offset: cell.start, kind: .zeroByte) }
            guard let string = String(validating: text, as: UTF8.self) else {
                throw TableDefect(offset: cell.start, kind: .invalidUTF8)
            }
            cells.append(cell.hasDoubledQuotes ? unquoted(string) : string)
            if cell.endsRecord || cells.count > TableSchema.largestColumnCount { return cells }
        }
    }

    /// One quote for each two.
    private static func unquoted(_ text: String) -> String {
        var isSecond = false
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { scalar in
                    isSecond = scalar == "\"" && !isSecond
                    return scalar != "\"" || isSecond
                }))
    }
}
