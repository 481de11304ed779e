import Communication
import Datasets
import Diagnostics
import Layers

/// Which table a run learns from, how it is read, and which of its rows are measured with.
struct TableRequest {
    /// The share of the rows that is split off, where nothing is said.
    static let defaultTestFraction = 0.2
    /// What the split is computed from, where nothing is said.
    static let defaultSplitSeed: UInt64 = 42

    private let path: String
    private let options: TableOptions
    private let testFile: String?
    private let testFraction: Double
    private let splitSeed: UInt64
    private let scaling: TableEncoder.Scaling
    /// What is to be learned, if that does not depend on the label.
    private let task: TableTask?

    /// Takes together what is asked for.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - overrides: What the user asks for.
    ///   - isOther: Whether the file is another one than that which the user described, and may be
    ///     written otherwise.
    /// - Throws: `Failure` with `usage` for types of columns that are none.
    init(_ path: String, _ overrides: RunConfigurationOverrides, isOther: Bool = false) throws {
        self.path = path
        var options = TableOptions(
            delimiter: isOther ? nil : overrides.delimiter,
            hasHeader: isOther ? nil : overrides.header, label: overrides.label,
            columnTypes: try overrides.columnTypes.map {
                try TableOptions.columnTypes(parsing: $0.joined(separator: ","))
            } ?? [:],
            missingMarkers: overrides.missing ?? [])
        options.likelyDelimiter = overrides.delimiter
        self.options = options
        testFile = overrides.testFile
        testFraction = overrides.testFraction ?? Self.defaultTestFraction
        splitSeed = overrides.splitSeed ?? Self.defaultSplitSeed
        // Trees split at any number, and learn where missing ones go.
        scaling = overrides.model.flatMap(TreeChoice.init(rawValue:)) == nil ? .standard : .plain
        task = overrides.task ?? overrides.model.flatMap(Recipe.task(ofModel:))
    }

    /// Reads the table, fits its encoding on the training rows, and encodes all rows.
    ///
    /// Every rank has to call it; each parses a part of the file.
    ///
    /// - Parameter communicator: The ranks.
    /// - Returns: Training and validation rows, encoded.
    /// - Throws: `AgreedFailure`, the same on every rank.
    func open(_ communicator: any Communicator) throws -> RunData.Samples {
        let rows = try communicator.failingTogether { try readAll(communicator) }
        // What is left is each rank's own: its memory may not suffice.
        return try communicator.agreeing {
            let encoder = rows.encoder
            let validation =
                try rows.testTable.map { try encoder.encode($0) }
                ?? encoder.encode(rows.table, rows: rows.split?.test)
            return .table(
                training: try encoder.encode(rows.table, rows: rows.split?.training),
                validation: validation, encoder)
        }
    }

    /// What all ranks have read.
    private struct Rows {
        let table: Table
        let testTable: Table?
        let split: (training: [Int32], test: [Int32])?
        let encoder: TableEncoder
    }

    private func readAll(_ communicator: any Communicator) throws -> Rows {
        let table = try read(path, communicator)
        guard let label = table.schema.labelIndex else {
            throw Failure(
                .badData, in: path, expected: "the column to be predicted", found: "none named",
                fix: "name it, or give its number, with --label; the last is --label -1")
        }
        let task =
            task ?? (TableSplit.hasClasses(table.columns[label]) ? .classification : .regression)
        let split =
            testFile == nil
            ? try TableSplit.rows(
                of: table, testFraction: testFraction, seed: splitSeed,
                stratified: task == .classification) : nil
        let encoder = try TableEncoder(
            fitting: table, rows: split?.training, task: task, scaling: scaling)
        let testTable = try testFile.map { try read($0, communicator, like: encoder.schema) }
        return Rows(table: table, testTable: testTable, split: split, encoder: encoder)
    }

    /// Reads the rows to measure a trained network with: the test file or the part split off if the
    /// network learned from the table, else all rows.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - encoder: The encoding that the network was trained with.
    ///   - isTrainingTable: Whether the network learned from the table.
    ///   - communicator: The ranks.
    /// - Returns: The rows, encoded.
    /// - Throws: `AgreedFailure`, the same on every rank.
    func openValidation(
        like encoder: TableEncoder, isTrainingTable: Bool, _ communicator: any Communicator
    ) throws -> EncodedTable {
        let ownTestFile = isTrainingTable ? testFile : nil
        let (table, rows) = try communicator.failingTogether {
            let table = try read(ownTestFile ?? path, communicator, like: encoder.schema)
            guard isTrainingTable, ownTestFile == nil else { return (table, nil as [Int32]?) }
            let split = try TableSplit.rows(
                of: table, testFraction: testFraction, seed: splitSeed,
                stratified: encoder.task == .classification)
            return (table, split.test)
        }
        return try communicator.agreeing { try encoder.encode(table, rows: rows) }
    }

    /// Reads rows to predict; a label that is there is passed over.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - encoder: The encoding that the network was trained with.
    ///   - communicator: The ranks.
    /// - Returns: The rows, encoded.
    /// - Throws: `AgreedFailure`, the same on every rank.
    func openInputs(
        like encoder: TableEncoder, _ communicator: any Communicator
    ) throws -> EncodedTable {
        let table = try communicator.failingTogether {
            try read(path, communicator, like: encoder.schema.ignoringLabel)
        }
        return try communicator.agreeing { try encoder.encode(table) }
    }

    private func read(
        _ path: String, _ communicator: any Communicator, like schema: TableSchema? = nil
    ) throws -> Table {
        try Table.read(
            path, options: options, like: schema, ranks: communicator.tableRanks)
    }
}

extension Communicator {
    /// The ranks as readers of tables.
    fileprivate var tableRanks: TableRanks {
        TableRanks(rank: rank, rankCount: rankCount, allGather: allGather)
    }
}
