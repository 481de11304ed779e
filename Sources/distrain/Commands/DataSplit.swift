import ArgumentParser
import Datasets
import Diagnostics

/// `distrain data split`.
struct DataSplit: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Divides a table into a training and a test file.",
        discussion: """
            The rows are copied as they stand, in their order, below the line of names if there is
            one. Which rows are the test's depends on the table, the label, the fraction and the
            seed alone. If the label is a text or one of at most 20 whole numbers, each class gives
            its share.

            EXAMPLES
              distrain data split iris.csv --label species --training train.csv --test test.csv
              distrain data split wine.csv --label 1 --test-fraction 0.3 --split-seed 7 \\
                  --training train.csv --test test.csv
            """)
    static let computes = false

    @Argument(help: "The table: a text file.") var file: String

    @Option(help: ArgumentHelp("The file for the training rows.", valueName: "file"))
    var training: String

    @Option(help: ArgumentHelp("The file for the test rows.", valueName: "file"))
    var test: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of the test rows.", valueName: "x"))
    var testFraction = 0.2

    @Option(help: ArgumentHelp("Whence the choice of rows comes.", valueName: "n"))
    var splitSeed: UInt64 = 42

    @OptionGroup(title: "Tables") var flags: TableFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        try run.onFirstRank {
            let options = try flags.options()
            let table = try Table.read(file, options: options)
            let label = table.schema.labelIndex.map { table.columns[$0] }
            let isStratified = label.map(TableSplit.hasClasses) ?? false
            let rows = try TableSplit.rows(
                of: table, testFraction: testFraction, seed: splitSeed, stratified: isStratified)
            try TableFile(file, options: options).split(
                training: rows.training, test: rows.test, trainingPath: training, testPath: test)
            let manner =
                label.map { isStratified ? ", each class of \($0.name) by its share" : "" } ?? ""
            try run.console.print(
                "\(training): \(rows.training.count.counted("row"))\n"
                    + "\(test): \(rows.test.count.counted("row"))\(manner)")
        }
        return .success
    }
}
