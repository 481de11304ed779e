import Communication
import Datasets

/// The samples of a run.
public struct RunData: Sendable {
    /// The kinds of samples that networks learn from.
    public enum Samples: Sendable {
        /// Images of one format.
        case images(training: any ImageSource, validation: any ImageSource)
        /// Rows of a table, with the encoding that was fitted on the training rows.
        case table(training: EncodedTable, validation: EncodedTable, TableEncoder)
    }

    /// Which data set it is.
    public let name: DatasetName
    /// The samples to learn from, and those to measure with, which a network never learns from.
    public let samples: Samples
    /// What the user should know of how the data set was found, or nil.
    public let note: String?

    private init(name: DatasetName, samples: Samples, note: String?) {
        self.name = name
        self.samples = samples
        self.note = note
    }

    /// Groups the images of a run.
    ///
    /// - Parameters:
    ///   - name: Which data set it is.
    ///   - training: The images to learn from.
    ///   - validation: The images to measure with, of the same format.
    ///   - note: What the user should know of how the data set was found.
    public init(
        name: DatasetName, training: any ImageSource, validation: any ImageSource,
        note: String? = nil
    ) {
        precondition(
            training.format == validation.format,
            "training images of \(training.format), validation images of \(validation.format)")
        self.init(
            name: name, samples: .images(training: training, validation: validation), note: note)
    }

    /// Opens the data set that a user asks for; test samples are the validation samples.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for: which data set, where, and how a table is read.
    ///   - communicator: The ranks, which parse a table together.
    /// - Returns: The samples.
    /// - Throws: `AgreedFailure`, the same on every rank: what `Dataset.open` throws, or for tables
    ///   `badData` for whatever is wrong in the file.
    public static func open(
        _ overrides: RunConfigurationOverrides, communicator: any Communicator
    ) throws -> RunData {
        let name = overrides.dataset ?? .auto
        if case .csv(let path) = name {
            let request = try communicator.agreeing { try TableRequest(path, overrides) }
            return RunData(name: name, samples: try request.open(communicator), note: nil)
        }
        return try communicator.agreeing {
            let dataset = try Dataset.open(
                name, folder: overrides.data ?? RunConfiguration.defaultData)
            return RunData(
                name: dataset.name, training: dataset.training, validation: dataset.test,
                note: dataset.note)
        }
    }

    /// The samples to learn from.
    public var training: any SampleSource {
        switch samples {
        case .images(let training, _): training
        case .table(let training, _, _): training
        }
    }

    /// The samples to measure with.
    public var validation: any SampleSource {
        switch samples {
        case .images(_, let validation): validation
        case .table(_, let validation, _): validation
        }
    }
}
