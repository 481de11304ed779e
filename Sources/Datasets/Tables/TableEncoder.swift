import Diagnostics

/// How the columns of a table become features, fitted on training rows and stored with the model.
///
/// In a scaled encoding a numeric column's missing cells become the median of the training rows that
/// have one; then the training rows' mean is subtracted, and the difference divided by their
/// population deviation, or not at all if that is 0. Of a category column each level of the training
/// rows becomes a feature of 0 and 1, in the order of the levels' bytes; a missing cell and a level
/// that no training row has are all zeros. Sources: SimpleImputer, StandardScaler and
/// OneHotEncoder(handle_unknown="ignore") of scikit-learn.
///
/// In a plain encoding, for trees, numbers stay as they are and missing ones are NaN.
public struct TableEncoder: Codable, Hashable, Sendable {
    /// What becomes of numeric columns.
    public enum Scaling: String, Codable, Hashable, Sendable {
        /// Missing cells get the median, and all are standardised: for linear models and networks.
        case standard
        /// Nothing; missing cells are NaN: for trees.
        case plain
    }

    /// What becomes of category columns.
    public enum CategoryCoding: String, Codable, Hashable, Sendable {
        /// A feature of 0 and 1 for each level; missing and unknown ones are all zeros.
        case oneHot = "one_hot"
        /// One feature with the level's number from 0; missing and unknown ones are NaN.
        case ordinal
    }

    /// More features than this are taken for columns of names or keys.
    public static let largestFeatureCount = 100_000
    /// More classes than this are taken for a label that is none.
    public static let largestClassCount = 10_000

    /// The columns of the tables that it encodes, by which other files are to be read.
    public let schema: TableSchema
    /// What the label is.
    public let task: TableTask
    /// What became of numeric columns.
    public let scaling: Scaling
    /// What became of category columns.
    public let categoryCoding: CategoryCoding
    /// The classes, by label; none for a regression.
    public let classNames: [String]
    /// The encoding of each column that has features, in the order of the table.
    let columns: [ColumnEncoder]
    /// The column to be predicted.
    let labelIndex: Int

    /// The names of the features: those of columns, and `Sex=male` for the level of a category.
    public var featureNames: [String] {
        columns.flatMap { $0.featureNames(coding: categoryCoding) }
    }

    /// The number of features, at least 1.
    public var featureCount: Int {
        columns.reduce(0) { $0 + $1.featureCount(coding: categoryCoding) }
    }

    /// Fits an encoding on rows of a table.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - rows: The training rows, at least one; all of them if nil.
    ///   - label: The name or number of the column to be predicted; that of the schema if nil.
    ///   - task: What the label is.
    ///   - scaling: What becomes of numeric columns.
    ///   - categoryCoding: What becomes of category columns.
    /// - Throws: `Failure` with `.badData` if the table has no such label, if a column or a label is
    ///   missing in all training rows, for a single class, and for too many classes or features.
    public init(
        fitting table: Table, rows: [Int32]? = nil, label: String? = nil, task: TableTask,
        scaling: Scaling = .standard, categoryCoding: CategoryCoding = .oneHot
    ) throws {
        guard let index = try label.map(table.index(of:)) ?? table.schema.labelIndex else {
            throw Failure(
                .badData, in: table.name, expected: "a column to be predicted", found: "none",
                fix: "name it with --label")
        }
        let rows = rows ?? Array(0..<Int32(table.rowCount))
        precondition(!rows.isEmpty, "an encoding is fitted on one row at least")
        schema = TableSchema(
            columns: table.schema.columns, hasHeader: table.schema.hasHeader, labelIndex: index)
        self.task = task
        self.scaling = scaling
        self.categoryCoding = categoryCoding
        labelIndex = index
        classNames =
            task == .classification
            ? try LabelEncoder.classNames(of: table, column: index, rows: rows) : []
        columns = try table.columns.enumerated().compactMap { place, column in
            place == index
                ? nil
                : try ColumnEncoder(
                    fitting: column, at: place, rows: rows, in: table.name, scaling: scaling)
        }
        try check(in: table.name)
    }

    /// Reads an encoding, checked, as from a checkpoint.
    ///
    /// - Parameter decoder: Where it is stored.
    /// - Throws: `DecodingError` for what no fit makes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        schema = try values.decode(TableSchema.self, forKey: .schema)
        task = try values.decode(TableTask.self, forKey: .task)
        scaling = try values.decode(Scaling.self, forKey: .scaling)
        categoryCoding = try values.decode(CategoryCoding.self, forKey: .categoryCoding)
        classNames = try values.decode([String].self, forKey: .classNames)
        columns = try values.decode([ColumnEncoder].self, forKey: .columns)
        labelIndex = try values.decode(Int.self, forKey: .labelIndex)
        let classCount = classNames.count
        let indices = columns.map(\.index)
        guard schema.labelIndex == labelIndex,
            task == .regression
                ? classCount == 0 : (2...Self.largestClassCount).contains(classCount),
            zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }),
            columns.allSatisfy({ $0.isValid(in: schema) && $0.index != labelIndex }),
            (1...Self.largestFeatureCount).contains(featureCount)
        else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "not a table's encoding"))
        }
    }

    /// Encodes rows of a table that was read like the one of the fit.
    ///
    /// - Parameters:
    ///   - table: The table, with the columns of `schema`.
    ///   - rows: The rows in their order; all of them if nil.
    /// - Returns: Features, and labels if the table has them.
    /// - Throws: `Failure` with `.badData` for a label that is missing or was not among the training
    ///   rows', for a number beyond the range of 32-bit ones, and if the features need more memory
    ///   than there is.
    public func encode(_ table: Table, rows: [Int32]? = nil) throws -> EncodedTable {
        precondition(
            table.columns.count == schema.columns.count,
            "\(table.name) was not read like the table of the fit")
        return try EncodedTable(table, rows: rows, encoder: self)
    }

    private func check(in path: String) throws {
        guard featureCount > 0 else {
            throw Failure(
                .badData, in: path, expected: "at least one column beside the label",
                found: "none that is not ignored")
        }
        guard featureCount <= Self.largestFeatureCount else {
            let widest = columns.max {
                $0.featureCount(coding: categoryCoding) < $1.featureCount(coding: categoryCoding)
            }
            let name = widest?.name ?? ""
            let count = widest?.featureCount(coding: categoryCoding) ?? 0
            throw Failure(
                .badData, in: path,
                expected: "at most \(Self.largestFeatureCount.grouped)",
                found: "\(featureCount.grouped) features, \(count.grouped) from column \"\(name)\"",
                fix: "leave it out with --column-types \"\(name)=ignored\"")
        }
    }
}
