import ArgumentParser
import Datasets
import Diagnostics
import Training

/// `distrain predict`.
struct Predict: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Tells the classes or values of the samples of files.",
        discussion: """
            Prints CSV: file, number of the image or row in it from 0, class, name of the class, and
            the probability of every class; of a model of values file, number and value.

            EXAMPLES
              distrain predict --checkpoint runs/cifar-net-cifar10 test_batch.bin > classes.csv
              distrain predict --checkpoint runs/mnist-cnn-mnist t10k-images-idx3-ubyte.gz --json
              distrain predict --checkpoint runs/random-forest-titanic passengers.csv
            """)

    @OptionGroup var source: CheckpointOption

    @Argument(
        help: ArgumentHelp(
            "Files of images: CIFAR-10 records if the name ends in .bin, else IDX, plain or .gz; for a "
                + "model of a table, tables.",
            valueName: "input"))
    var inputs: [String]

    @Flag(help: "Prints one JSON object a line instead of CSV.") var json = false

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let settings = try run.communicator.agreeing { try process.settings() }
        settings.apply(to: &run)
        let network = try run.communicator.agreeing { try TrainedNetwork(source.checkpoint) }
        // All inputs are opened before the first is worked on: a wrong name costs no time.
        let files = try inputs.map { path in
            let samples = try ValidationData.inputs(
                path, for: network.model.description, of: network.checkpoint,
                communicator: run.communicator)
            return (path: path, samples: samples)
        }
        try run.warn(LaunchWarning.all(run.environment))
        let predictor = try Predictor(network.model, communicator: run.communicator)
        let writer = PredictionWriter(classNames: predictor.classNames, format: json ? .json : .csv)
        try run.onFirstRank { try run.console.write(writer.header) }
        try run.watching(hangTimeout: settings.hangTimeout) {
            for file in files {
                let predictions = try predictor.predict(file.samples)
                try run.onFirstRank {
                    try run.console.write(writer.rows(predictions ?? [], file: file.path))
                }
            }
        }
        return .success
    }
}
