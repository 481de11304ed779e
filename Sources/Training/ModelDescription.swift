import Datasets
import Diagnostics
import Foundation
import Layers

/// What has to be known of a model, besides what it learned, to use it: stored with that.
public struct ModelDescription: Hashable, Sendable {
    /// The network's name in `ModelCatalog`, or that of a model made of trees.
    public let name: String
    /// The data set that it learned from.
    public let dataset: String
    /// The names of the classes; empty if the network tells values.
    public let classNames: [String]
    /// What it takes.
    public let input: ModelInput
    /// The loss that it was trained with.
    public let loss: LossName
    /// What was chosen of it besides its name.
    public let settings: ModelSettings

    /// The network for a run.
    ///
    /// - Parameters:
    ///   - configuration: The run.
    ///   - data: The samples of the run.
    /// - Throws: `Failure` with `badData` or `usage` if the samples cannot be prepared.
    init(_ configuration: RunConfiguration, data: RunData) throws {
        name = configuration.model
        dataset = configuration.dataset.rawValue
        classNames = data.training.classNames
        input = try ModelInput(of: data, configuration)
        loss = configuration.loss
        var settings = ModelSettings()
        if let hidden = configuration.hidden { settings.hidden = hidden.lengths }
        if let count = configuration.kernelFeatures { settings.kernelFeatures = count }
        if let gamma = configuration.kernelGamma {
            settings.kernelGamma = gamma.value(
                for: try input.preparingTraining(of: data, augmentation: .none))
        }
        if ModelCatalog.entry(named: name)?.hasOutputScale == true, let labels = data.labelMoments {
            settings.outputScale = OutputScale(
                mean: Float(labels.mean),
                deviation: labels.deviation > 0 ? Float(labels.deviation) : 1)
        }
        self.settings = settings
    }

    /// The layers.
    ///
    /// - Returns: The layers.
    /// - Throws: `Failure` with `usage` if the network is not known.
    func network() throws -> NetworkDescription {
        try ModelCatalog.make(
            name, input: input.shape,
            outputCount: loss.make().outputCount(classCount: classNames.count),
            settings: settings)
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
        do {
            try check()
        } catch let failure as Failure {
            throw Failure(
                .badData, in: path, expected: failure.expected,
                found: "\(failure.subject): \(failure.found)")
        }
    }

    /// Checks that its parts fit together.
    private func check() throws {
        let range = 1...1_000_000
        guard TreeChoice(rawValue: name) == nil else { return try checkTrees() }
        guard settings.arePossible else {
            throw Failure(
                .badData, in: "settings",
                expected: "a kernel, and \(ModelSettings.hiddenExpectation)",
                found: "hidden layers of \(settings.hidden)")
        }
        let outputCount = loss.make().outputCount(classCount: classNames.count)
        guard range.contains(outputCount) else {
            throw Failure(
                .badData, in: "classes",
                expected: "\(range.lowerBound) to \(range.upperBound.grouped)",
                found: "\(classNames.count)")
        }
        _ = try Network.Sizes(network(), mode: .inference)
    }

    /// Checks what trees are for; what they are is checked where their nodes are read.
    private func checkTrees() throws {
        guard case .table = input, loss == .ofTrees(classCount: classNames.count) else {
            throw Failure(
                .badData, in: "model", expected: "a table, and the loss that belongs to its label",
                found: "\(name) with \(classNames.count) classes and \(loss.rawValue)")
        }
    }
}

extension ModelDescription: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, dataset, classNames, loss, settings
    }

    /// Reads a description.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        dataset = try values.decode(String.self, forKey: .dataset)
        classNames = try values.decode([String].self, forKey: .classNames)
        loss = try values.decode(LossName.self, forKey: .loss)
        settings =
            try values.decodeIfPresent(ModelSettings.self, forKey: .settings) ?? ModelSettings()
        input = try ModelInput(from: decoder)
    }

    /// Writes a description.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(dataset, forKey: .dataset)
        try values.encode(classNames, forKey: .classNames)
        try values.encode(loss, forKey: .loss)
        try values.encode(settings, forKey: .settings)
        try input.encode(to: encoder)
    }
}
