import ArgumentParser
import Datasets
import Diagnostics
import Training

/// The option of all subcommands that use what was trained.
struct CheckpointOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A checkpoint, or a run directory: its best checkpoint, else its last.",
            valueName: "dir"))
    var checkpoint: String
}

/// A trained network with the checkpoint that it comes from.
struct TrainedNetwork {
    /// Where it comes from.
    let checkpoint: Checkpoint
    /// What was learned.
    let model: any TrainedModel

    /// Reads a network from a checkpoint or a run directory.
    ///
    /// - Parameter path: The folder.
    /// - Throws: `Failure` with `.missingInput` or `.badData`.
    init(_ path: String) throws {
        checkpoint = try Checkpoint.open(path)
        model = try checkpoint.trainedModel()
    }

    /// Checks that the network tells as many classes apart as a source has.
    ///
    /// - Parameter source: The samples.
    /// - Throws: `Failure` with `.badData` if not.
    func checkClasses(of source: any SampleSource) throws {
        let expected = model.description.classNames.count
        guard source.classNames.count == expected else {
            throw Failure(
                .badData, in: source.name,
                expected: "\(expected) classes, on which \(model.description.name) was trained",
                found: "\(source.classNames.count)")
        }
    }
}
