import ArgumentParser
import Benchmarks
import Diagnostics

/// `distrain bench allreduce`.
struct BenchAllreduce: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "allreduce",
        abstract: "Measures the way from all ranks' gradients to their new parameters.",
        discussion: """
            Two ways take turns: the tree in memory that the ranks of a host share, in which each
            rank adds up and steps its own part of one copy of the parameters; and the MPI library's
            sum, after which each rank steps a copy of its own. The step is SGD with momentum. Times
            are medians of what the slowest rank took.

            EXAMPLES
              mpirun -n 2 distrain bench allreduce
              mpirun -n 8 --oversubscribe distrain bench allreduce --bytes 44695848
              mpirun -n 2 distrain bench allreduce --json
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Sizes of the gradients; 4 KiB to 256 MiB if not given.", valueName: "n"))
    var bytes: [Int] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often each size is measured in each way.", valueName: "n"))
    var repetitions = 9

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let benchmark = try run.communicator.agreeing {
            try process.settings().apply(to: &run)
            return try AllreduceBenchmark(
                byteCounts: bytes.isEmpty ? AllreduceBenchmark.usualByteCounts : bytes,
                repetitions: repetitions)
        }
        try run.warn(LaunchWarning.all(run.environment))
        let result = try benchmark.run(run.communicator)
        try run.onFirstRank {
            try run.console.print(json ? jsonLine(result) : Self.text(of: result))
        }
        return .success
    }

    private static func text(of result: AllreduceBenchmark.Result) -> String {
        var table = TextTable()
        table.add("gradients", "tree", "MPI_Allreduce", "ratio")
        for row in result.rows {
            table.add(
                row.bytes.grouped + " B", "\((1e6 * row.tree).fixed(0)) µs",
                "\((1e6 * row.mpi).fixed(0)) µs", "\(row.ratio.fixed(2))×")
        }
        return "\(result.ranks.counted("rank")) on \(result.hosts.counted("host")): "
            + "reduction, SGD with momentum, new parameters\n" + table.text
    }
}
