import ArgumentParser
import Kernels
import Metrics

/// What a run writes, and what it goes on with.
struct OutputFlags: ConfigurationFlags {
    @Option(
        help: ArgumentHelp(
            "The run directory; runs/MODEL-DATASET-… if not given.", valueName: "dir"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a run: auto (if the run directory has a checkpoint), never, or a folder.",
            valueName: "auto|never|dir"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "How often a checkpoint is written, as in 1epoch or 500steps.", valueName: "interval"))
    var checkpointEvery: String?

    @Option(
        help: ArgumentHelp(
            "A second name of each epoch's checkpoint, as in {epoch:02}-{val_accuracy:.2f}.",
            valueName: "template"))
    var checkpointName: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many checkpoints are kept besides the best and the last.", valueName: "n"))
    var keep: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Every so many steps are logged.", valueName: "n"))
    var logEvery: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The weights in the memory of all hosts are checked every so many steps, and before "
                + "each checkpoint.", valueName: "n"))
    var sentinelEvery: String?

    @Option(
        help: ArgumentHelp(
            "What is measured besides loss and accuracy: "
                + "\(Self.metricNames.joined(separator: ", ")), or none. "
                + "Any number can stand in top3_accuracy.",
            valueName: "name,name…"))
    var metrics: String?

    @Option(help: ArgumentHelp("The precision of the arithmetic: float32.", valueName: "name"))
    var precision: String?

    @Option(
        help: ArgumentHelp(
            "How gradients are added: tree (the same bits on any number of ranks) or mpi.",
            valueName: "name"))
    var reduction: String?

    @Option(
        help: ArgumentHelp(
            "How convolutions are computed: \(Self.convolutionNames.joined(separator: ", ")).",
            valueName: "name"))
    var convolution: String?

    private static let convolutionNames = ConvolutionMethod.allCases.map(\.rawValue)
    private static let metricNames = MetricCatalog.names()
        .filter { $0 != Metric.loss.name && $0 != Metric.accuracy.name }
}
