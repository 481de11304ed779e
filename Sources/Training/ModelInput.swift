import Datasets
import Diagnostics
import Layers

/// What a network takes, and how it is made of what files hold.
public enum ModelInput: Hashable, Sendable {
    /// Images of a size, with the map from bytes to the numbers that the network takes.
    case images(ImageFormat, Normalization)
    /// Rows of a table, by the encoding that was fitted on the training rows.
    case table(TableEncoder)

    /// What networks for a run take.
    ///
    /// - Parameters:
    ///   - data: The samples of the run.
    ///   - configuration: Names the normalisation.
    init(of data: RunData, _ configuration: RunConfiguration) {
        switch data.samples {
        case .images(let training, _):
            self = .images(training.format, configuration.normalization(for: training))
        case .table(_, _, let encoder): self = .table(encoder)
        }
    }

    /// The shape of one sample.
    var shape: FeatureShape {
        switch self {
        case .images(let format, _):
            FeatureShape(height: format.height, width: format.width, channels: format.channels)
        case .table(let encoder): .vector(encoder.featureCount)
        }
    }

    /// Images as the network takes them.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - augmentation: Random changes.
    /// - Returns: The same images, normalised as those were that the network learned from.
    /// - Throws: `Failure` with `badData` if the network takes something else.
    public func preparing(
        _ images: any ImageSource, augmentation: Augmentation = .none
    ) throws -> any InputSource {
        switch self {
        case .images(images.format, let normalization):
            return try ImageInput(
                images, augmentation: augmentation, normalization: normalization)
        case .images(let format, _):
            throw Failure(
                .badData, in: images.name,
                expected: "images of \(format), on which the network was trained",
                found: "images of \(images.format)")
        case .table:
            throw Failure(
                .badData, in: images.name,
                expected: "a table, as the network was trained on", found: "images",
                fix: "give a CSV file")
        }
    }

    /// The samples of a run that a network learns from, as it takes them.
    ///
    /// - Parameters:
    ///   - data: The samples of the run.
    ///   - augmentation: Random changes of images.
    /// - Returns: The training samples.
    /// - Throws: `Failure` with `badData` if the network takes something else.
    func preparingTraining(
        of data: RunData, augmentation: Augmentation
    ) throws -> any InputSource {
        switch data.samples {
        case .images(let training, _): try preparing(training, augmentation: augmentation)
        case .table(let training, _, let encoder): try checked(training, encoder)
        }
    }

    /// The samples of a run that a network is measured with, as it takes them.
    ///
    /// - Parameter data: The samples of the run.
    /// - Returns: The validation samples.
    /// - Throws: `Failure` with `badData` if the network takes something else.
    public func preparingValidation(of data: RunData) throws -> any InputSource {
        switch data.samples {
        case .images(_, let validation): try preparing(validation)
        case .table(_, let validation, let encoder): try checked(validation, encoder)
        }
    }

    /// Rows that are encoded as the network takes them, else a failure.
    private func checked(_ table: EncodedTable, _ encoder: TableEncoder) throws -> EncodedTable {
        guard case .table(encoder) = self else {
            throw Failure(
                .badData, in: table.name,
                expected: "what the network was trained on", found: "a table of another encoding")
        }
        return table
    }
}

/// In files an input is a few keys among those of the model's description.
extension ModelInput: Codable {
    private enum CodingKeys: String, CodingKey {
        case inputFormat, normalization, table
    }

    /// Reads the keys of one kind of input.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if let encoder = try values.decodeIfPresent(TableEncoder.self, forKey: .table) {
            self = .table(encoder)
            return
        }
        let format = try values.decode(ImageFormat.self, forKey: .inputFormat)
        let normalization = try values.decode(Normalization.self, forKey: .normalization)
        guard normalization.fits(channels: format.channels) else {
            throw DecodingError.dataCorruptedError(
                forKey: .normalization, in: values,
                debugDescription:
                    "\(normalization.mean.count) means for \(format.channels) channels")
        }
        self = .images(format, normalization)
    }

    /// Writes the keys of one kind of input.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .images(let format, let normalization):
            try values.encode(format, forKey: .inputFormat)
            try values.encode(normalization, forKey: .normalization)
        case .table(let encoder): try values.encode(encoder, forKey: .table)
        }
    }
}
