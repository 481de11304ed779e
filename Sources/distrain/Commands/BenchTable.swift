import ArgumentParser
import Benchmarks
import Diagnostics

/// `distrain bench table`.
struct BenchTable: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Measures how fast a table is read.",
        discussion: """
            Each rank parses a part of the file, and all ranks get the whole table. The time is that
            of the slowest rank.

            EXAMPLES
              distrain bench table train.csv
              mpirun -n 2 distrain bench table train.csv --repetitions 5 --json
            """)

    @Argument(help: "The table: a text file.") var file: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often it is read.", valueName: "n"))
    var repetitions = 3

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Tables") var table: TableFlags

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let benchmark = try run.communicator.agreeing {
            try process.settings().apply(to: &run)
            return try TableBenchmark(
                path: file, options: table.options(), repetitions: repetitions)
        }
        try run.warn(LaunchWarning.all(run.environment))
        let result = try benchmark.run(run.communicator)
        try run.onFirstRank {
            try run.console.print(json ? jsonLine(result) : Self.text(of: result))
        }
        return .success
    }

    private static func text(of result: TableBenchmark.Result) -> String {
        "\(result.rows.counted("row")) × \(result.columns.counted("column")) on "
            + "\(result.ranks.counted("rank")): \(result.seconds.fixed(3)) s "
            + "(shortest \(result.shortestSeconds.fixed(3)) s)"
    }
}
