/// Whether a file's first record holds the names of its columns.
struct HeaderDetection {
    private let cells: [String]
    private let markers: MissingMarkers
    private static let recordCount = 200

    /// Takes the first record.
    ///
    /// - Parameters:
    ///   - cells: Its cells.
    ///   - markers: The texts that stand for missing values.
    init(_ cells: [String], markers: MissingMarkers) {
        self.cells = cells
        self.markers = markers
    }

    /// Whether at least half of the cells are names of another table's columns, or all columns that
    /// are read of that table are among them, but for the label.
    ///
    /// - Parameter schema: The other table's columns, which count if their names come from a file.
    /// - Returns: Whether this is a line of names too.
    func isHeader(of schema: TableSchema?) -> Bool {
        guard let schema, schema.hasHeader else { return false }
        let names = Set(schema.columns.map(\.name))
        if 2 * cells.count(where: names.contains) >= cells.count { return true }
        let needed = schema.columns.indices.filter {
            schema.columns[$0].type != .ignored && $0 != schema.labelIndex
        }
        let found = Set(cells)
        return !needed.isEmpty && needed.allSatisfy { found.contains(schema.columns[$0].name) }
    }

    /// Whether the first record differs from those that follow.
    ///
    /// None of its cells may be a number, or missing but for one (the unnamed column of row numbers
    /// that some programs write), and none may come twice. Then it is a header if below one of its
    /// cells there are numbers alone, or if all is text and none of its cells comes again below
    /// itself in two records or more.
    ///
    /// - Parameters:
    ///   - scanner: Where the second record begins.
    ///   - headEnd: How far to look.
    ///   - mayBeAllText: Whether it can be one where all is text; not if the file is to be like one
    ///     without names.
    /// - Returns: Whether the first record is a header.
    func isHeader(
        before scanner: CellScanner, upTo headEnd: Int, mayBeAllText: Bool
    ) -> Bool {
        guard cells.count(where: \.isEmpty) <= (cells.count > 1 ? 1 : 0),
            Set(cells).count == cells.count,
            !cells.contains(where: { !$0.isEmpty && (isNumber($0) || isMissing($0)) })
        else { return false }
        let records = Self.records(scanner, upTo: headEnd, columnCount: cells.count)
        let hasNumbers = cells.indices.contains { column in
            let present = records.map { $0[column] }.filter { !isMissing($0) }
            return !present.isEmpty && present.allSatisfy(isNumber)
        }
        if hasNumbers { return true }
        return mayBeAllText && records.count >= 2
            && records.allSatisfy { record in zip(record, cells).allSatisfy { $0 != $1 } }
    }

    private func isNumber(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return false }
            return DecimalNumber.parse(start, from: 0, to: bytes.count).next == bytes.count
        }
    }

    private func isMissing(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer(markers.contains)
    }

    /// The raw cells of some records.
    private static func records(
        _ first: CellScanner, upTo headEnd: Int, columnCount: Int
    ) -> [[String]] {
        var scanner = first
        var records: [[String]] = []
        while records.count < recordCount && scanner.skipBlankLines()
            && (scanner.position < headEnd || records.isEmpty)
        {
            var record: [String] = []
            var isComplete = false
            while !isComplete && record.count < columnCount {
                guard let cell = try? scanner.next() else { return records }
                isComplete = cell.endsRecord
                record.append(
                    String(
                        decoding: UnsafeBufferPointer(
                            start: scanner.bytes + cell.start, count: cell.end - cell.start),
                        as: UTF8.self))
            }
            guard isComplete && record.count == columnCount else { return records }
            records.append(record)
        }
        return records
    }
}
