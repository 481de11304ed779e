import Diagnostics

/// Reads a file as a table, on all ranks at once.
///
/// What one rank finds wrong is thrown on all of them, that of the lowest rank first; since the ranks'
/// parts follow each other in the file, this is what a single rank would have found.
struct TableReader {
    let path: String
    let options: TableOptions
    let schema: TableSchema?
    let ranks: TableRanks

    init(path: String, options: TableOptions, like schema: TableSchema?, ranks: TableRanks) {
        self.path = path
        self.options = options
        self.schema = schema
        self.ranks = ranks
    }

    /// Reads the table; every rank calls it.
    func read() throws -> Table {
        let file = try opened()
        let range = try ownRange(of: file)
        var kinds = guessedKinds(of: file)
        let part = try parse(range, of: file, kinds: kinds)
        let reports = try report(on: part, of: file)
        let texts = kinds.indices.filter { column in reports.contains { $0.isText[column] } }
        // Columns that looked like numbers at the file's head.
        for column in texts { kinds[column] = .category }
        let again = kinds.indices.map { texts.contains($0) ? kinds[$0] : .ignored }
        let second = texts.isEmpty ? part : try parse(range, of: file, kinds: again)
        return try table(
            file: file, kinds: kinds, rowCounts: reports.map(\.rowCount),
            part: { texts.contains($0) ? second : part })
    }

    /// A file whose first record was understood.
    private struct File {
        let bytes: ImmutableBytes
        let dialect: TableDialect
        let plan: ColumnPlan

        var scanner: CellScanner {
            CellScanner(
                bytes: bytes.start, end: bytes.count, delimiter: dialect.delimiter,
                position: dialect.dataStart)
        }
    }

    private func opened() throws -> File {
        var file: File?
        let marks = try ranks.agreeing {
            let bytes = try ImmutableBytes(mapping: path)
            let dialect = try TableDialect(bytes, path: path, options: options, like: schema)
            let plan =
                try schema.map { try ColumnPlan(dialect, path: path, like: $0) }
                ?? ColumnPlan(dialect, path: path, options: options)
            file = File(bytes: bytes, dialect: dialect, plan: plan)
            return FileMark(bytes)
        }
        guard let file, Set(marks).count == 1 else {
            let sizes = marks.map(\.byteCount)
            throw Failure(
                .badData, in: path, expected: "the same file on every rank",
                found: Set(sizes).count > 1
                    ? "files of \(sizes.map(\.grouped).joined(separator: ", ")) bytes"
                    : "files that differ in their first lines",
                fix: "copy it to every host, or give a path that all of them share")
        }
        return file
    }

    /// By what ranks tell whether they have the same file, as far as that costs no time: its size, and
    /// a hash of its head.
    private struct FileMark: Codable, Hashable {
        let byteCount: Int
        let headHash: UInt64

        /// Looks at a file.
        ///
        /// Source of the hash: FNV-1a, 64 bits.
        init(_ bytes: ImmutableBytes) {
            byteCount = bytes.count
            let head = UnsafeBufferPointer(
                start: bytes.start, count: min(bytes.count, TableDialect.headByteCount))
            headHash = head.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
    }

    /// The range of the file whose records this rank reads; its lower bound is where one begins.
    private func ownRange(of file: File) throws -> Range<Int> {
        let borders = (0...ranks.rankCount).map { border(at: $0, of: file) }
        let range = borders[ranks.rank]..<borders[ranks.rank + 1]
        if ranks.rankCount == 1 { return range }
        let transitions = try ranks.agreeing { BorderTransition(file.scanner, over: range) }
        let state = transitions.prefix(ranks.rank).reduce(BorderState.record) {
            $1.applied(to: $0)
        }
        var scanner = file.scanner
        scanner.position = range.lowerBound
        // What is wrong in a record is said by the rank in whose range it begins.
        guard (try? scanner.skipRest(from: state)) != nil else {
            return range.upperBound..<range.upperBound
        }
        return min(scanner.position, range.upperBound)..<range.upperBound
    }

    /// Divides the data evenly, but never between the two characters of a line's end.
    private func border(at index: Int, of file: File) -> Int {
        let start = file.dialect.dataStart
        let (share, rest) = (file.bytes.count - start).quotientAndRemainder(
            dividingBy: ranks.rankCount)
        let place = start + index * share + min(index, rest)
        let divides =
            place > start && place < file.bytes.count
            && file.bytes.start[place - 1] == .carriageReturn
            && file.bytes.start[place] == .lineFeed
        return divides ? place + 1 : place
    }

    /// Takes those columns for texts that have one in the head of the file.
    private func guessedKinds(of file: File) -> [CellKind] {
        let kinds = file.plan.kinds
        guard kinds.contains(.guessedNumeric) else { return kinds }
        let head = TablePart(
            file.scanner, kinds: kinds.map { $0 == .guessedNumeric ? $0 : .ignored },
            markers: MissingMarkers(options.missingMarkers))
        let start = file.dialect.dataStart
        // What is wrong there is said when the whole is read.
        try? head.read(
            start..<min(file.bytes.count, start + TableDialect.headByteCount))
        return kinds.indices.map { head.isText[$0] ? .category : kinds[$0] }
    }

    /// Reads this rank's range; a failure of any rank is thrown on all.
    private func parse(
        _ range: Range<Int>, of file: File, kinds: [CellKind]
    ) throws -> TablePart {
        let part = TablePart(
            file.scanner, kinds: kinds, markers: MissingMarkers(options.missingMarkers))
        _ = try ranks.agreeing {
            do throws(TableDefect) {
                try part.read(range)
            } catch {
                throw failure(error, file)
            }
            return 0
        }
        return part
    }

    /// What a rank tells of its part.
    private struct Report: Codable {
        let rowCount: Int
        let isText: [Bool]
        let infiniteNumbers: [Failure?]
    }

    private func report(on part: TablePart, of file: File) throws -> [Report] {
        let reports = try ranks.agreeing {
            Report(
                rowCount: part.rowCount, isText: part.isText,
                infiniteNumbers: part.infiniteNumbers.map { $0.map { failure($0, file) } })
        }
        let rowCount = reports.reduce(0) { $0 + $1.rowCount }
        guard rowCount > 0 else {
            throw Failure(
                .badData, in: path, expected: "rows",
                found: file.dialect.hasHeader ? "only the names of columns" : "none")
        }
        guard rowCount <= Table.largestRowCount else {
            throw Failure(
                .badData, in: path, expected: "at most \(Table.largestRowCount.grouped) rows",
                found: rowCount.grouped)
        }
        for report in reports {
            for (column, infinite) in report.infiniteNumbers.enumerated() {
                let isText = reports.contains { $0.isText[column] }
                if let infinite, !isText { throw infinite }
            }
        }
        return reports
    }

    private func failure(_ defect: TableDefect, _ file: File) -> Failure {
        defect.failure(path: path, bytes: file.bytes, names: file.dialect.names)
    }

    /// Puts the ranks' parts together, column by column.
    private func table(
        file: File, kinds: [CellKind], rowCounts: [Int], part: (Int) -> TablePart
    ) throws -> Table {
        let plan = file.plan
        let columns = try zip(plan.names, plan.sources).map { name, source in
            guard let source, kinds[source] != .ignored else {
                return TableColumn(name: name, values: .ignored)
            }
            return TableColumn(
                name: name,
                values: try ColumnExchange(ranks: ranks, rowCounts: rowCounts, path: path)
                    .values(of: source, named: name, in: part(source), kind: kinds[source]))
        }
        let read = schema ?? inferredSchema(plan, columns)
        return Table(
            name: path, rowCount: rowCounts.reduce(0, +), schema: read, columns: columns)
    }

    private func inferredSchema(_ plan: ColumnPlan, _ columns: [TableColumn]) -> TableSchema {
        TableSchema(
            columns: columns.map { column in
                let type: ColumnType =
                    switch column.values {
                    case .numeric: .numeric
                    case .category: .category
                    case .ignored: .ignored
                    }
                return TableSchema.Column(name: column.name, type: type)
            }, hasHeader: plan.hasHeader, labelIndex: plan.labelIndex)
    }
}
