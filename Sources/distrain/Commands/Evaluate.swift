import ArgumentParser
import Datasets
import Diagnostics
import Training

/// `distrain evaluate`.
struct Evaluate: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a trained network on test images.",
        discussion: """
            The counts are exact and the same on any number of ranks.

            EXAMPLES
              distrain evaluate --checkpoint runs/cifar-net-cifar10
              mpirun -n 8 distrain evaluate --checkpoint runs/cifar-net-cifar10 --json
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

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let (settings, network, name) = try run.communicator.agreeing {
            (
                try process.settings(), try TrainedNetwork(source.checkpoint),
                try dataset.map { try DatasetName(parsing: $0) }
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
            try Evaluator(network.model, communicator: run.communicator).evaluate(test.samples)
        }
        let report = EvaluationReport(result, network: network, dataset: test.name)
        try run.onFirstRank { try run.console.print(json ? report.json() : report.text) }
        return .success
    }
}
