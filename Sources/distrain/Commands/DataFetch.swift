import ArgumentParser
import Datasets
import Diagnostics

/// `distrain data fetch`.
struct DataFetch: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Downloads a data set and checks it.",
        discussion: """
            An interrupted download is continued. Needs curl, and tar for cifar10.

            EXAMPLES
              distrain data fetch cifar10
              distrain data fetch mnist --data /scratch/data --mirror https://example.org/mnist/
            """)
    static let computes = false

    @OptionGroup var dataset: DatasetArguments

    @Option(
        help: ArgumentHelp(
            "An address to fetch from instead of the official one.", valueName: "url"))
    var mirror: String?

    func execute(_ run: ProgramRun) throws -> ExitCode {
        let name = try dataset.parsedName(run)
        try run.onFirstRank {
            let download = try Download.official(name)
            let console = run.console
            let fetcher = Fetcher(
                folder: dataset.folder(run),
                baseURL: mirror.map { $0.hasSuffix("/") ? $0 : $0 + "/" },
                showsProgress: console.terminal != nil,
                // A line that cannot be shown is no reason to stop a download.
                report: { try? console.print($0) })
            try fetcher.fetch(download)
        }
        return .success
    }
}
