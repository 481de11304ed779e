/// A column of a table, with all its rows.
public struct TableColumn: Sendable, Hashable {
    /// The cells, row after row.
    public enum Values: Sendable, Hashable {
        /// Numbers; NaN where a cell is missing, and never infinite.
        case numeric([Double])
        /// For each row an index into `levels`, or -1 where a cell is missing; the levels are sorted
        /// by their UTF-8 bytes, and each occurs.
        case category(codes: [Int32], levels: [String])
        /// Nothing: the column was not read, or the file lacks it.
        case ignored
    }

    /// The name in the header, or `column3` in a file without one.
    public let name: String
    /// The cells, row after row.
    public let values: Values

    /// The number of missing cells; 0 if the column was not read.
    public var missingCount: Int {
        switch values {
        case .numeric(let numbers): numbers.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
        case .category(let codes, _): codes.reduce(0) { $0 + ($1 < 0 ? 1 : 0) }
        case .ignored: 0
        }
    }

    /// Creates a column.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - values: Its cells.
    public init(name: String, values: Values) {
        self.name = name
        self.values = values
    }
}
