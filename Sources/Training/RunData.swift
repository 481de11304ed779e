import Datasets

/// The samples of a run.
public struct RunData: Sendable {
    /// The kinds of samples that networks learn from.
    public enum Samples: Sendable {
        /// Images of one format.
        case images(training: any ImageSource, validation: any ImageSource)
    }

    /// Which data set it is.
    public let name: DatasetName
    /// The samples to learn from, and those to measure with, which a network never learns from.
    public let samples: Samples
    /// What the user should know of how the data set was found, or nil.
    public let note: String?

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
        self.name = name
        samples = .images(training: training, validation: validation)
        self.note = note
    }

    /// Opens a data set; its test images are the validation images.
    ///
    /// - Parameters:
    ///   - name: Which data set.
    ///   - folder: Where its files are.
    /// - Returns: Its images.
    /// - Throws: `Failure` as `Dataset.open`.
    public static func open(_ name: DatasetName, folder: String) throws -> RunData {
        let dataset = try Dataset.open(name, folder: folder)
        return RunData(
            name: dataset.name, training: dataset.training, validation: dataset.test,
            note: dataset.note)
    }

    /// The samples to learn from.
    public var training: any SampleSource {
        switch samples {
        case .images(let training, _): training
        }
    }

    /// The samples to measure with.
    public var validation: any SampleSource {
        switch samples {
        case .images(_, let validation): validation
        }
    }
}
