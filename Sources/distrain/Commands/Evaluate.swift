import ArgumentParser
import Datasets
import Diagnostics
import Metrics
import Training

/// `distrain evaluate`.
struct Evaluate: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a trained model on test samples.",
        discussion: """
            Counts and scores are put together exactly: all values are the same on any number of
            ranks.

            EXAMPLES
              distrain evaluate --checkpoint runs/cifar-net-cifar10
              mpirun -n 8 distrain evaluate --checkpoint runs/cifar-net-cifar10 --json
              distrain evaluate --checkpoint runs/cifar-net-cifar10 --curves curves.csv
            """)

    @OptionGroup var source: CheckpointOption

    @Option(
        help: ArgumentHelp(
            "The data set, whose test images are used; that of the training if not given.",
            valueName: "name"))
    var dataset: String?

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files; the default is $DISTRAIN_DATA, else that of the "
                + "training.",
            valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "What is measured besides loss and accuracy, as for train; all that fits if not given.",
            valueName: "name,name…"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "A CSV file for the ROC and precision-recall curves of the classes.",
            valueName: "file"))
    var curves: String?

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let (settings, network, name, metrics) = try run.communicator.agreeing {
            let network = try TrainedNetwork(source.checkpoint)
            return (
                try process.settings(), network,
                try dataset.map { try DatasetName(parsing: $0) },
                try chosenMetrics(for: network.model.description.metricTask)
            )
        }
        settings.apply(to: &run)
        let test = try ValidationData(
            for: network.model.description, of: network.checkpoint, dataset: name,
            folder: data ?? run.environment.givenDataFolder, communicator: run.communicator)
        try run.communicator.agreeing { try network.checkClasses(of: test.samples) }
        try run.warn(LaunchWarning.all(run.environment))
        if let note = test.note { run.logger.notice("\(note)") }
        let result = try run.watching(hangTimeout: settings.hangTimeout) {
            let evaluator = try Evaluator(
                network.model, metrics: metrics, communicator: run.communicator)
            return try measure(test.samples, with: evaluator, run)
        }
        let report = EvaluationReport(
            result, metrics: metrics, network: network, dataset: test.name)
        try run.onFirstRank { try run.console.print(json ? report.json() : report.text) }
        return .success
    }

    private func chosenMetrics(for task: MetricTask) throws -> [Metric] {
        guard task != .regression || curves == nil else {
            throw Failure(
                .usage, in: "--curves", expected: "a network that tells classes",
                found: "one that tells numbers", fix: "leave it out")
        }
        guard let metrics else { return MetricCatalog.all.filter { $0.fits(task) } }
        return try MetricCatalog.measured(
            [String](configurationText: metrics) ?? [metrics], for: task)
    }

    /// Measures, and writes the curves on the first rank if they are asked for.
    private func measure(
        _ samples: any InputSource, with evaluator: Evaluator, _ run: ProgramRun
    ) throws -> EvaluationResult {
        guard let curves else { return try evaluator.evaluate(samples) }
        var file: CurveFile?
        try run.onFirstRank { file = try CurveFile(curves, classNames: samples.classNames) }
        let result = try evaluator.evaluate(samples) { file?.write($0, $1) }
        try run.onFirstRank { try file?.finish() }
        return result
    }
}
