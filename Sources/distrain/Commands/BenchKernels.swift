import ArgumentParser
import Benchmarks
import Diagnostics

/// `distrain bench kernels`.
struct BenchKernels: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels", abstract: "Measures kernels beside what the core can do at best.",
        discussion: """
            The roofline is measured in the same run: the rate of matrix products, and of reading
            and writing memory. Every rank measures, so that all cores are busy; rank 0 reports
            its own.

            With --errors it measures no speed but the rounding errors of resnet18's convolutions
            on generated images at the initial weights, beside the same in double precision.

            EXAMPLES
              distrain bench kernels
              distrain bench kernels --filter winograd --seconds 0.5
              mpirun -n 2 distrain bench kernels --filter "batch norm" --json
              distrain bench kernels --errors
            """)

    @Option(
        help: ArgumentHelp(
            "Only kernels whose line of the table has this in it.", valueName: "text"))
    var filter: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to repeat each kernel; 0.1 if not given.", valueName: "x"))
    var seconds: Double?

    @Flag(help: "Measures the errors of convolutions instead of speed.") var errors = false

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        try run.communicator.agreeing {
            try process.settings().apply(to: &run)
            if errors && seconds != nil {
                throw Failure(
                    .usage, in: "--seconds", expected: "none, as --errors measures no time",
                    found: "given", fix: "leave one of the two out")
            }
        }
        try run.warn(LaunchWarning.all(run.environment))
        if errors {
            try printErrors(run)
        } else {
            try printRates(run)
        }
        return .success
    }

    private func printErrors(_ run: ProgramRun) throws {
        try run.onFirstRank {
            let errors = try ConvolutionErrors(
                filter: filter, of: RecordedConvolution.resNet18())
            try run.console.print(json ? jsonLine(errors) : Self.text(of: errors))
        }
    }

    private func printRates(_ run: ProgramRun) throws {
        let benchmark = try run.communicator.agreeing {
            try seconds.map { try KernelBenchmark(filter: filter, seconds: $0) }
                ?? KernelBenchmark(filter: filter)
        }
        let report = try benchmark.run(run.communicator)
        try run.onFirstRank {
            try run.console.print(json ? jsonLine(report) : Self.text(of: report))
        }
    }

    private static func text(of errors: ConvolutionErrors) -> String {
        var table = TextTable()
        table.add("layer", "shape", "method", "forward", "image gradient", "filter gradient")
        for row in errors.layers {
            table.add(
                row.layer, row.shape, row.method + (row.isAutomatic ? " (auto)" : ""),
                row.forward.scientific, row.imageGradient.scientific,
                row.filterGradient.scientific)
        }
        let largest = errors.largest.map {
            "\n\nlargest of auto: \($0.error.scientific), \($0.pass) of \($0.layer) by \($0.method)"
        }
        return "relative errors (L2) of resnet18's convolutions at the initial weights\n\n"
            + table.text + (largest ?? "")
    }

    private static func text(of report: KernelReport) -> String {
        var limits = TextTable()
        limits.add("sgemm peak", "\(report.sgemmGflops.fixed(1)) GF/s")
        for (name, rate) in [
            ("memory, read", report.readGbps), ("memory, read and write", report.readWriteGbps),
            ("second cache, read", report.cacheReadGbps),
            ("second cache, read and write", report.cacheReadWriteGbps),
        ] {
            limits.add(name, "\(rate.fixed(1)) GB/s")
        }
        var kernels = TextTable()
        kernels.add("kernel", "shape", "method", "time", "GF/s", "GB/s", "of roofline")
        for row in report.kernels {
            kernels.add(
                row.kernel, row.shape, row.method, "\((1e6 * row.seconds).fixed(1)) µs",
                row.gflops?.fixed(1) ?? "", row.gbps.fixed(1),
                "\((100 * row.roofline).fixed(0)) %")
        }
        return """
            one core, ranks: \(report.ranks), \(report.images) images, OpenBLAS for \
            \(report.blasCore), vectors for \(report.instructionSet)
            \(limits.text)

            \(kernels.text)

            GF/s of convolutions are effective: operations of the direct way, of which Winograd's
            method does a quarter of the products. GB/s: each operand read once, each result
            written once. The roofline is the least time by the sgemm peak and by the rate of memory
            for as many bytes.
            """
    }
}
