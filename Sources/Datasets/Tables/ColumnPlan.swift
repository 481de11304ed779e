import Diagnostics

/// Which column of a file becomes which of the table, and how its cells are read.
struct ColumnPlan {
    /// The names of the table's columns.
    let names: [String]
    /// For each column of the table, the file's column, or nil if the file lacks it.
    let sources: [Int?]
    /// How each column of the file is read.
    let kinds: [CellKind]
    /// The column of the table that is to be predicted.
    let labelIndex: Int?
    /// Whether the names come from the file.
    let hasHeader: Bool

    /// Plans to read a file by itself.
    ///
    /// - Parameters:
    ///   - dialect: What the first record says.
    ///   - path: The file.
    ///   - options: The label, and types in place of the inferred ones.
    /// - Throws: `Failure` with `.badData` for a column that is not there.
    init(_ dialect: TableDialect, path: String, options: TableOptions) throws {
        let names = dialect.names
        var kinds = names.map { _ in CellKind.guessedNumeric }
        for (column, type) in options.columnTypes.sorted(by: { $0.key < $1.key }) {
            guard let index = TableSchema.index(of: column, in: names) else {
                throw unknownColumn(column, in: path, names: names)
            }
            kinds[index] = CellKind(type)
        }
        labelIndex = try options.label.map { label in
            guard let index = TableSchema.index(of: label, in: names) else {
                throw unknownColumn(label, in: path, names: names)
            }
            return index
        }
        if let labelIndex, kinds[labelIndex] == .ignored {
            throw Failure(
                .usage, in: "--column-types", expected: "the label to be read",
                found: "\(names[labelIndex])=ignored")
        }
        self.names = names
        self.kinds = kinds
        sources = Array(names.indices)
        hasHeader = dialect.hasHeader
    }

    /// Plans to read a file like another.
    ///
    /// - Parameters:
    ///   - dialect: What the first record says.
    ///   - path: The file.
    ///   - schema: The other table's columns.
    /// - Throws: `Failure` with `.badData` if a column other than the label is not there.
    init(_ dialect: TableDialect, path: String, like schema: TableSchema) throws {
        names = schema.columns.map(\.name)
        labelIndex = schema.labelIndex
        hasHeader = schema.hasHeader
        sources =
            dialect.hasHeader && schema.hasHeader
            ? try Self.sourcesByName(dialect, path, schema)
            : try Self.sourcesByPosition(dialect, path, schema)
        var kinds = [CellKind](repeating: .ignored, count: dialect.firstRecord.count)
        for (column, source) in zip(schema.columns, sources) {
            if let source { kinds[source] = CellKind(column.type) }
        }
        self.kinds = kinds
    }

    private static func sourcesByName(
        _ dialect: TableDialect, _ path: String, _ schema: TableSchema
    ) throws -> [Int?] {
        let places = Dictionary(
            dialect.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return try schema.columns.enumerated().map { index, column in
            if let place = places[column.name] { return place }
            guard column.type == .ignored || index == schema.labelIndex else {
                throw Failure(
                    .badData, in: path,
                    expected: "the columns that the model was trained on",
                    found: "no column \"\(column.name)\"",
                    fix: dialect.names.nearest(to: column.name).map { "is it \"\($0)\"?" })
            }
            return nil
        }
    }

    private static func sourcesByPosition(
        _ dialect: TableDialect, _ path: String, _ schema: TableSchema
    ) throws -> [Int?] {
        let found = dialect.firstRecord.count
        let count = schema.columns.count
        if found == count { return Array(0..<count) }
        if let label = schema.labelIndex, found == count - 1 {
            return (0..<count).map { $0 == label ? nil : $0 < label ? $0 : $0 - 1 }
        }
        let orFewer = schema.labelIndex == nil ? "" : ", or one less without the label"
        throw Failure(
            .badData, in: path,
            expected: "\(count.grouped) as in the table that the model was trained on\(orFewer)",
            found: found == 1 ? "1 column" : "\(found.grouped) columns")
    }
}

extension CellKind {
    /// How cells of a column of a known type are read.
    init(_ type: ColumnType) {
        self =
            switch type {
            case .numeric: .numeric
            case .category: .category
            case .ignored: .ignored
            }
    }
}
