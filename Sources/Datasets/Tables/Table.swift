import Diagnostics

/// The typed columns of a text file, in memory and unchanging.
///
/// Files are read by RFC 4180 and by what is found in the wild: cells are separated by commas,
/// semicolons, tabs or bars; quoted cells may hold separators, line ends and doubled quotes; lines
/// end in LF, CRLF or CR; empty lines do not count; a byte order mark of UTF-8 is skipped; spaces
/// around a cell do not belong to it, unless they are quoted.
public final class Table: Sendable {
    /// More rows than this cannot be numbered by `Int32`.
    public static let largestRowCount = Int(Int32.max)
    /// More levels than this are taken for a column of names or keys.
    public static let largestLevelCount = 1_000_000

    /// What messages call the table: the file's path.
    public let name: String
    /// The number of rows without the header, at least 1.
    public let rowCount: Int
    /// The columns' names and types.
    public let schema: TableSchema
    /// The columns, one for each of the schema's.
    public let columns: [TableColumn]
    /// Whether the column to be predicted is there; a file given for prediction may lack it.
    public let hasLabel: Bool

    /// Collects columns.
    ///
    /// - Parameters:
    ///   - name: What messages call the table.
    ///   - rowCount: The number of rows, at least 1, of which each column has as many.
    ///   - schema: The columns' names and types.
    ///   - columns: The columns, one for each of the schema's.
    init(name: String, rowCount: Int, schema: TableSchema, columns: [TableColumn]) {
        precondition(
            rowCount > 0 && columns.count == schema.columns.count,
            "\(rowCount) rows, \(columns.count) columns by a schema of \(schema.columns.count)")
        self.name = name
        self.rowCount = rowCount
        self.schema = schema
        self.columns = columns
        hasLabel = schema.labelIndex.map { columns[$0].values != .ignored } ?? false
    }

    /// Reads a file.
    ///
    /// A column is numeric if all its cells are numbers or missing, else a category. Read like
    /// another table, the columns have that table's types; in a file with names they are found by
    /// their names, in any order, and other columns are passed over; without names they are as many
    /// as in the other table. Only the label may be absent.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: How to read it; what they leave open is detected. The label and the types of
    ///     columns are those of `schema`, if there is one.
    ///   - schema: The columns of the table that this one has to be like.
    ///   - ranks: The ranks that read the file together, all of which call this. Each parses a
    ///     part of the file, and all get the whole table, the same whatever their number.
    /// - Returns: The table.
    /// - Throws: `Failure`, the same on every rank: with `.missingInput` if there is no such file,
    ///   with `.badData` for whatever is wrong in it, naming the line, with `.usage` for options
    ///   that contradict themselves. What the exchange between ranks throws.
    public static func read(
        _ path: String, options: TableOptions = TableOptions(), like schema: TableSchema? = nil,
        ranks: TableRanks = .single
    ) throws -> Table {
        try TableReader(path: path, options: options, like: schema, ranks: ranks).read()
    }

    /// Finds a column as a user names it.
    ///
    /// - Parameter column: A name, or else a number from 1 or, from the end, from -1.
    /// - Returns: The column's index from 0.
    /// - Throws: `Failure` with `.badData` if there is none.
    public func index(of column: String) throws -> Int {
        guard let index = schema.index(of: column) else {
            throw unknownColumn(column, in: name, names: schema.columns.map(\.name))
        }
        return index
    }
}

/// Says that a table lacks a column that the user named.
func unknownColumn(_ column: String, in path: String, names: [String]) -> Failure {
    let nearest = Int(column) == nil ? names.nearest(to: column) : nil
    let fix = nearest.map { "did you mean \"\($0)\"?" }
    return Failure(
        .badData, in: path, expected: "a name, or a number from 1 to \(names.count.grouped)",
        found: "no column \"\(column)\"", fix: fix ?? "`distrain data info csv:FILE` lists them")
}
