/// A table for reading: columns as wide as their widest cell.
struct TextTable {
    /// The cells by row.
    private var rows: [[String]] = []

    /// Adds a row.
    ///
    /// - Parameter cells: As many as in the other rows.
    mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row.
    ///
    /// - Parameter cells: As many as in the other rows.
    mutating func add(_ cells: [String]) {
        precondition(
            rows.isEmpty || rows[0].count == cells.count,
            "a row of \(cells.count) cells in a table of \(rows.first?.count ?? 0) columns")
        rows.append(cells)
    }

    /// One line a row: the first column flush left, the others flush right.
    var text: String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
