import Diagnostics

/// Brings the ranks' parts of columns together.
struct ColumnExchange {
    let ranks: TableRanks
    /// The number of rows that each rank read.
    let rowCounts: [Int]
    let path: String

    /// A whole column, the same on every rank; every rank calls it.
    ///
    /// - Parameters:
    ///   - index: The column in this rank's part.
    ///   - name: What it is called.
    ///   - part: What this rank read.
    ///   - kind: How the column was read.
    /// - Returns: Its cells.
    /// - Throws: `Failure` with `.badData` for too many levels; what the exchange throws.
    func values(
        of index: Int, named name: String, in part: TablePart, kind: CellKind
    ) throws -> TableColumn.Values {
        guard kind == .category else {
            return .numeric(try ranks.joined(part.takeNumbers(of: index), counts: rowCounts))
        }
        let (levels, places) = try mergedLevels(part.levels[index], name: name)
        let codes = part.takeCodes(of: index).map { $0 < 0 ? -1 : places[Int($0)] }
        return .category(
            codes: try ranks.joined(codes, counts: rowCounts), levels: levels)
    }

    /// The levels of all ranks, sorted by their bytes, and where each of this rank's is among them.
    private func mergedLevels(
        _ own: LevelTable, name: String
    ) throws -> (levels: [String], places: [Int32]) {
        // No level holds a NUL byte, so that it can end each.
        var bytes: [UInt8] = []
        for code in 0..<own.count { bytes += own[code] + [0] }
        var merged = Set<ArraySlice<UInt8>>()
        for gathered in try ranks.gathered(bytes) {
            let texts = gathered.split(separator: 0, omittingEmptySubsequences: false)
            merged.formUnion(texts.dropLast())
        }
        guard merged.count <= Table.largestLevelCount else {
            throw tooManyLevels(name, in: path)
        }
        let sorted = merged.sorted { $0.lexicographicallyPrecedes($1) }
        let order = Dictionary(
            sorted.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        let places = (0..<own.count).map { order[own[$0]] ?? -1 }
        return (sorted.map { String(decoding: $0, as: UTF8.self) }, places)
    }
}

/// Says that a column has too many levels to be one of categories.
func tooManyLevels(_ column: String, in path: String) -> Failure {
    Failure(
        .badData, in: "\(path), column \"\(column)\"",
        expected: "at most \(Table.largestLevelCount.grouped)", found: "more different texts",
        fix: "leave it out with --column-types \"\(column)=ignored\"")
}
