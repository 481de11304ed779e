import Datasets
import Diagnostics
import Layers

/// What a network takes, and how it is made of what files hold.
public enum ModelInput: Hashable, Sendable {
    /// Images of a size, with what makes stored images such ones, and with the map from bytes to
    /// the numbers that the network takes.
    case images(ImageFormat, Preprocessing, Normalization)
    /// Rows of a table, by the encoding that was fitted on the training rows.
    case table(TableEncoder)

    /// What networks for a run take.
    ///
    /// - Parameters:
    ///   - data: The samples of the run.
    ///   - configuration: Names the preprocessing and the normalisation.
    /// - Throws: `Failure` with `usage` if the preprocessing does not fit the images.
    init(of data: RunData, _ configuration: RunConfiguration) throws {
        switch data.samples {
        case .images(let training, _):
            let preprocessing = try Preprocessing(parsing: configuration.preprocess)
            self = .images(
                try preprocessing.outputFormat(for: training.format), preprocessing,
                configuration.normalization(for: training))
        case .table(_, _, let encoder): self = .table(encoder)
        }
    }

    /// The shape of one sample.
    var shape: FeatureShape {
        switch self {
        case .images(let format, _, _):
            FeatureShape(height: format.height, width: format.width, channels: format.channels)
        case .table(let encoder): .vector(encoder.featureCount)
        }
    }

    /// Images as the network takes them.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - augmentation: Random changes.
    /// - Returns: The same images, preprocessed and normalised as those were that the network learned
    ///   from.
    /// - Throws: `Failure` with `badData` if the network takes something else, with `usage` if the
    ///   augmentation does not fit the images.
    public func preparing(
        _ images: any ImageSource, augmentation: Augmentation = .none
    ) throws -> any InputSource {
        switch self {
        case .images(let format, let preprocessing, let normalization):
            guard (try? preprocessing.outputFormat(for: images.format)) == format else {
                let made =
                    preprocessing.isEmpty
                    ? "" : " after \(preprocessing.words.joined(separator: ","))"
                throw Failure(
                    .badData, in: images.name,
                    expected: "images of \(format)\(made), on which the network was trained",
                    found: "images of \(images.format)")
            }
            return try ImageInput(
                images, preprocessing: preprocessing, augmentation: augmentation,
                normalization: normalization)
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
        case inputFormat, preprocessing, normalization, table
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
        // Networks of before there was any preprocessing had none.
        let preprocessing = try values.decodeIfPresent(Preprocessing.self, forKey: .preprocessing)
        self = .images(format, preprocessing ?? .none, normalization)
    }

    /// Writes the keys of one kind of input.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .images(let format, let preprocessing, let normalization):
            try values.encode(format, forKey: .inputFormat)
            try values.encode(preprocessing, forKey: .preprocessing)
            try values.encode(normalization, forKey: .normalization)
        case .table(let encoder): try values.encode(encoder, forKey: .table)
        }
    }
}
