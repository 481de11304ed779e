import ArgumentParser
import Datasets
import Diagnostics
import Training

/// `distrain data`: what concerns the files of data sets.
struct DataCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Brings, checks and describes data sets.",
        discussion: """
            EXAMPLES
              distrain data fetch cifar10 --data /scratch/data
              distrain data verify mnist
              distrain data info builtin
              distrain data info csv:iris.csv --label species
              distrain data split iris.csv --label species --training train.csv --test test.csv
              distrain data preview --dataset builtin --augment rotate:15 --output sheet.png
            """,
        subcommands: [
            DataFetch.self, DataVerify.self, DataInfo.self, DataSplit.self, DataPreview.self,
        ])
}

/// Which data set, and where.
struct DatasetArguments: ParsableArguments {
    @Argument(
        help: "The data set: cifar10, mnist, fashion-mnist or builtin; info takes csv:FILE too.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files; the default is $DISTRAIN_DATA, else ./data.",
            valueName: "dir"))
    var data: String?

    /// The file of a table, as in `csv:iris.csv`; nil for a data set.
    var tableFile: String? { name.hasPrefix("csv:") ? String(name.dropFirst(4)) : nil }

    /// The data set, the same on every rank.
    ///
    /// - Parameter run: The ranks, all of which call this.
    /// - Returns: The data set.
    /// - Throws: `AgreedFailure` with `.usage` for an unknown name.
    func parsedName(_ run: ProgramRun) throws -> DatasetName {
        try run.communicator.agreeing { try DatasetName(parsing: name) }
    }

    /// Where the files are.
    ///
    /// - Parameter run: Knows the default.
    /// - Returns: The folder.
    func folder(_ run: ProgramRun) -> String {
        data ?? run.environment.givenDataFolder ?? RunConfiguration.defaultData
    }
}
