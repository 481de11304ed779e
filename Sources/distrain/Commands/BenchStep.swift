import ArgumentParser
import Communication
import Diagnostics
import Kernels
import Layers
import Training

extension ConvolutionMethod: ExpressibleByArgument {}
extension ReductionMethod: ExpressibleByArgument {}

/// `distrain bench step`.
struct BenchStep: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Measures whole training steps on synthetic images.",
        discussion: """
            A step is loading with augmentation, forward, loss, backward, reduction, and SGD with
            momentum. Augmentation is crop:4,flip if not given. Speed is that of the median step. Page faults are those of the rank with the
            most.

            With --profile there is a table of where the time goes, as means over steps and ranks:
            for each layer what it prepares from its parameters, its forward and its backward pass;
            then taking images from the loader, the loss, the sum over microbatches and ranks with waiting,
            the optimizer with the norm of the gradient, and what is left of the step. The rows add
            up to the step. Layers that are computed as one have one row, with the name of the first.

            EXAMPLES
              mpirun -n 2 distrain bench step --model resnet18 --batch-size 128
              mpirun -n 2 distrain bench step --model mnist-cnn --steps 100 --json
              mpirun -n 2 distrain bench step --model cifar-net --profile
              mpirun -n 2 distrain bench step --augment rotate:15,blur:0.1..2.0,mixup:0.2
            """)

    @Option(
        help: ArgumentHelp(
            "The network: \(ModelCatalog.all.map(\.name).joined(separator: ", ")).",
            valueName: "name"))
    var model = "cifar-net"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Images of a step over all ranks.", valueName: "n"))
    var batchSize = 128

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Images that one rank takes at a time; up to 64 of its share if not given.",
            valueName: "n"))
    var microbatch: Int?

    @OptionGroup var operations: OperationFlags

    @Option(
        help: ArgumentHelp(
            "How convolutions are computed: "
                + "\(ConvolutionMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var convolution = ConvolutionMethod.automatic

    @Option(
        help: ArgumentHelp(
            "How gradients are added up over ranks: "
                + "\(ReductionMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var reduction = ReductionMethod.tree

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The number of measured steps.", valueName: "n"))
    var steps = 20

    @Flag(help: "Shows the time of each layer and of the other parts of a step.")
    var profile = false

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let benchmark = try run.communicator.agreeing {
            try process.settings().apply(to: &run)
            return try StepBenchmark(
                model: model, batchSize: batchSize, microbatch: microbatch,
                preprocess: operations.preprocessWords() ?? ["none"],
                augment: operations.augmentWords() ?? ["crop:4", "flip"],
                convolution: convolution, reduction: reduction, stepCount: steps, profiles: profile,
                rankCount: run.communicator.rankCount)
        }
        try run.warn(LaunchWarning.all(run.environment))
        let result = try benchmark.run(run.communicator)
        try run.onFirstRank {
            try run.console.print(
                json ? jsonLine(result) : StepBenchmarkReport(result: result).text)
        }
        return .success
    }
}
