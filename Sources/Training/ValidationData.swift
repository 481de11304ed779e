import Communication
import Datasets
import Diagnostics

/// Samples to measure a trained network with, or to predict, as the network takes them.
public struct ValidationData {
    /// Of which data set they are.
    public let name: DatasetName
    /// The samples.
    public let samples: any InputSource
    /// What the user should know of how the data set was found, or nil.
    public let note: String?

    /// Opens the test samples of a data set: of images the official ones, of the table that the
    /// network learned from those that it did not learn from, of another table all rows.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - checkpoint: The training of the network.
    ///   - dataset: The data set; that of the training if nil.
    ///   - folder: The folder with the files of data sets; that of the training if nil.
    ///   - communicator: The ranks, which parse a table together.
    /// - Throws: `AgreedFailure`, the same on every rank: with `badData` or `missingInput` for what
    ///   is wrong with the files or does not fit the network.
    public init(
        for model: ModelDescription, of checkpoint: Checkpoint, dataset: DatasetName? = nil,
        folder: String? = nil, communicator: any Communicator
    ) throws {
        let trained = checkpoint.state.configuration
        var asked = RunConfigurationOverrides(trained)
        asked.dataset = dataset ?? trained.dataset
        asked.data = folder ?? trained.data
        let isTrainingData = asked.dataset == trained.dataset
        guard case .table(let encoder) = model.input, case .csv(let path)? = asked.dataset else {
            let data = try RunData.open(asked, communicator: communicator)
            samples = try communicator.agreeing { try model.input.preparingValidation(of: data) }
            (name, note) = (data.name, data.note)
            return
        }
        let request = try communicator.agreeing {
            try TableRequest(path, asked, isOther: !isTrainingData)
        }
        samples = try request.openValidation(
            like: encoder, isTrainingTable: isTrainingData, communicator)
        (name, note) = (.csv(path), nil)
    }

    /// Opens a file of samples to predict; they need no classes or values.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - path: The file: a table for a network that learned from one, else images.
    ///   - model: The network.
    ///   - checkpoint: The training of the network.
    ///   - communicator: The ranks, which parse a table together.
    /// - Returns: The samples.
    /// - Throws: `AgreedFailure`, the same on every rank: with `badData` or `missingInput`.
    public static func inputs(
        _ path: String, for model: ModelDescription, of checkpoint: Checkpoint,
        communicator: any Communicator
    ) throws -> any InputSource {
        guard case .table(let encoder) = model.input else {
            return try communicator.agreeing {
                try model.input.preparing(ImageFile.open(path))
            }
        }
        let asked = RunConfigurationOverrides(checkpoint.state.configuration)
        let request = try communicator.agreeing { try TableRequest(path, asked, isOther: true) }
        return try request.openInputs(like: encoder, communicator)
    }
}
