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
    /// - Throws: `Failure` with `usage` for types of columns that are none.
    init(_ path: String, _ overrides: RunConfigurationOverrides) throws {
        self.path = path
        options = TableOptions(
            delimiter: overrides.delimiter, hasHeader: overrides.header, label: overrides.label,
            columnTypes: try overrides.columnTypes.map {
                try TableOptions.columnTypes(parsing: $0.joined(separator: ","))
            } ?? [:],
            missingMarkers: overrides.missing ?? [])
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
        try communicator.failingTogether {
            let table = try read(path, communicator)
            guard let label = table.schema.labelIndex else {
                throw Failure(
                    .badData, in: path, expected: "the column to be predicted", found: "none named",
                    fix: "name it, or give its number, with --label; the last is --label -1")
            }
            let task =
                task
                ?? (TableSplit.hasClasses(table.columns[label]) ? .classification : .regression)
            let split =
                testFile == nil
                ? try TableSplit.rows(
                    of: table, testFraction: testFraction, seed: splitSeed,
                    stratified: task == .classification) : nil
            let encoder = try TableEncoder(
                fitting: table, rows: split?.training, task: task, scaling: scaling)
            let validation =
                try testFile.map {
                    try encoder.encode(read($0, communicator, like: encoder.schema))
                } ?? encoder.encode(table, rows: split?.test)
            return .table(
                training: try encoder.encode(table, rows: split?.training), validation: validation,
                encoder)
        }
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
        try communicator.failingTogether {
            if isTrainingTable, let testFile {
                return try encoder.encode(read(testFile, communicator, like: encoder.schema))
            }
            let table = try read(path, communicator, like: encoder.schema)
            guard isTrainingTable else { return try encoder.encode(table) }
            let split = try TableSplit.rows(
                of: table, testFraction: testFraction, seed: splitSeed,
                stratified: encoder.task == .classification)
            return try encoder.encode(table, rows: split.test)
        }
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
        try communicator.failingTogether {
            try encoder.encode(
                read(path, communicator, like: encoder.schema.ignoringLabel))
        }
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

    /// Does something that fails on all ranks alike or on none.
    ///
    /// - Parameter body: May use the communicator.
    /// - Returns: What it returned.
    /// - Throws: `AgreedFailure` with the failure.
    fileprivate func failingTogether<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw AgreedFailure(known: [failure], rankCount: rankCount) ?? failure
        }
    }
}
