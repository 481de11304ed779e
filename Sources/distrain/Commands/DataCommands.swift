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
            """,
        subcommands: [DataFetch.self, DataVerify.self, DataInfo.self])
}

/// Which data set, and where.
struct DatasetArguments: ParsableArguments {
    @Argument(help: "The data set: cifar10, mnist, fashion-mnist or builtin.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files; the default is $DISTRAIN_DATA, else ./data.",
            valueName: "dir"))
    var data: String?

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
