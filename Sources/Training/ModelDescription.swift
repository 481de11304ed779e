import Datasets
import Diagnostics
import Foundation
import Layers

/// What has to be known of a network, besides its parameters, to use it: stored with them.
public struct ModelDescription: Codable, Hashable, Sendable {
    /// The network's name in `ModelCatalog`.
    public let name: String
    /// The data set that it learned from.
    public let dataset: String
    /// The names of the classes, in the order of the outputs.
    public let classNames: [String]
    /// The size of the images that it takes.
    public let inputFormat: ImageFormat
    /// The map from bytes to the numbers that it takes.
    public let normalization: Normalization
    /// The loss that it was trained with.
    public let loss: LossName

    /// The network for a run.
    ///
    /// - Parameters:
    ///   - configuration: The run.
    ///   - source: Images of the data set.
    init(_ configuration: RunConfiguration, source: any ImageSource) {
        name = configuration.model
        dataset = configuration.dataset.rawValue
        classNames = source.classNames
        inputFormat = source.format
        normalization = configuration.normalization(for: source)
        loss = configuration.loss
    }

    /// The layers.
    ///
    /// - Returns: The layers.
    /// - Throws: `Failure` with `usage` if the network is not known.
    func network() throws -> NetworkDescription {
        let input = FeatureShape(
            height: inputFormat.height, width: inputFormat.width, channels: inputFormat.channels)
        return try ModelCatalog.make(name, input: input, classCount: classNames.count)
    }

    private static let metadataKey = "distrain"

    /// The description as metadata of a safetensors file.
    ///
    /// - Returns: One entry that holds JSON, and `format` as PyTorch's tools want it.
    func metadata() throws -> [String: String] {
        let json = try JSONFiles.encode(self)
        return [Self.metadataKey: String(decoding: json, as: UTF8.self), "format": "pt"]
    }

    /// Reads the metadata of a safetensors file.
    ///
    /// - Parameters:
    ///   - metadata: The metadata.
    ///   - path: The file, for messages.
    /// - Throws: `Failure` with `badData` if the file was not written by this program.
    init(metadata: [String: String], path: String) throws {
        guard let text = metadata[Self.metadataKey] else {
            throw Failure(
                .badData, in: path, expected: "metadata \"\(Self.metadataKey)\"",
                found: "has none", fix: "give a checkpoint that distrain wrote")
        }
        self = try JSONFiles.decode(ModelDescription.self, from: Data(text.utf8), path: path)
    }
}
