import ArgumentParser
import Benchmarks
import Datasets
import Diagnostics
import Training

/// `distrain bench loader`.
struct BenchLoader: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader", abstract: "Measures preprocessing and augmentation of images.",
        discussion: """
            One thread makes a network's input of generated images: without any operation, with each
            operation alone, and with all together. Every rank measures, so that all cores are busy;
            rank 0 reports its own. What share of a step that is, bench step --augment tells.

            EXAMPLES
              distrain bench loader
              mpirun -n 2 distrain bench loader --augment crop:4,flip,brightness:0.2,cutout:8
              distrain bench loader --model mnist-cnn --augment none --preprocess resize:32,median:3
            """)

    @Option(
        help: ArgumentHelp(
            "The network whose images are generated: mnist-cnn for 28×28×1, others for 32×32×3.",
            valueName: "name"))
    var model = "cifar-net"

    @OptionGroup var operations: OperationFlags

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to repeat each list of operations.", valueName: "x"))
    var seconds = 0.2

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let benchmark = try run.communicator.agreeing {
            try process.settings().apply(to: &run)
            return try LoaderBenchmark(
                format: StepBenchmark.imageFormat(of: model),
                preprocess: operations.preprocessWords() ?? [],
                augment: operations.augmentWords() ?? LoaderBenchmark.usualAugmentation,
                seconds: seconds)
        }
        try run.warn(LaunchWarning.all(run.environment))
        let result = try benchmark.run(run.communicator)
        try run.onFirstRank {
            try run.console.print(json ? jsonLine(result) : Self.text(of: result))
        }
        return .success
    }

    private static func text(of result: LoaderBenchmark.Result) -> String {
        var table = TextTable()
        table.add("operation", "µs an image", "of these its own", "images/s")
        func add(_ name: String, _ microseconds: Double, _ own: String) {
            table.add(
                name, microseconds.fixed(1), own, (1e6 / microseconds).roundedAndGrouped)
        }
        add("none", result.plainMicroseconds, "")
        for row in result.operations {
            add(row.operation, row.microsecondsPerImage, row.addedMicroseconds.fixed(1))
        }
        add("all", result.microsecondsPerImage, "")
        return "images of \(result.format), one thread a rank, ranks: \(result.ranks)\n"
            + table.text
    }
}
