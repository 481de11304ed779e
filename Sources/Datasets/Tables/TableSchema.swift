import Diagnostics

/// The columns of a table, by which another file is read in the same way.
public struct TableSchema: Codable, Hashable, Sendable {
    /// A column's name and type.
    public struct Column: Codable, Hashable, Sendable {
        /// The name in the header, or `column3` in a file without one.
        public let name: String
        /// What its cells are taken for.
        public let type: ColumnType
    }

    /// More columns than this are taken for a file that is no table.
    public static let largestColumnCount = 100_000

    /// The columns in the order of the file.
    public let columns: [Column]
    /// Whether the names come from the file.
    public let hasHeader: Bool
    /// The column to be predicted, if there is one.
    public let labelIndex: Int?

    /// The name of the column to be predicted, if there is one.
    public var label: String? { labelIndex.map { columns[$0].name } }

    /// Creates a schema.
    ///
    /// - Parameters:
    ///   - columns: The columns, at least one and each name once.
    ///   - hasHeader: Whether the names come from the file.
    ///   - labelIndex: The column to be predicted, if there is one.
    init(columns: [Column], hasHeader: Bool, labelIndex: Int?) {
        precondition(
            !columns.isEmpty && labelIndex.map { columns.indices.contains($0) } ?? true,
            "a label \(String(describing: labelIndex)) among \(columns.count) columns")
        self.columns = columns
        self.hasHeader = hasHeader
        self.labelIndex = labelIndex
    }

    /// Reads a schema, checked, as from a checkpoint.
    ///
    /// - Parameter decoder: Where it is stored.
    /// - Throws: `DecodingError` for what no table has.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        columns = try values.decode([Column].self, forKey: .columns)
        hasHeader = try values.decode(Bool.self, forKey: .hasHeader)
        labelIndex = try values.decodeIfPresent(Int.self, forKey: .labelIndex)
        guard (1...Self.largestColumnCount).contains(columns.count),
            Set(columns.map(\.name)).count == columns.count,
            labelIndex.map({ columns.indices.contains($0) }) ?? true
        else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "not a table's columns"))
        }
    }

    /// Finds a column as a user names it.
    ///
    /// - Parameter column: A name, or else a number from 1 or, from the end, from -1.
    /// - Returns: The column's index from 0, or nil if there is none.
    public func index(of column: String) -> Int? {
        Self.index(of: column, in: columns.map(\.name))
    }

    /// Finds a column among names; a name goes before a number.
    static func index(of column: String, in names: [String]) -> Int? {
        if let index = names.firstIndex(of: column) { return index }
        guard let number = Int(column) else { return nil }
        // -1 is the last column; 0 and what is beyond either end is none.
        let index = number < 0 ? names.count &+ number : number - 1
        return names.indices.contains(index) ? index : nil
    }
}
