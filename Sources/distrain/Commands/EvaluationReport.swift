import Datasets
import Diagnostics
import Foundation
import Metrics
import Training

/// What `evaluate` prints.
struct EvaluationReport: Encodable {
    private let checkpoint: String
    private let model: String
    private let dataset: String
    /// What samples are called.
    private let noun: String
    private let parametersSHA256: String
    private let images: Int
    /// By name; nil where a metric is not defined, as JSON has no NaN.
    private let values: [String: Double?]
    /// The names in the order in which they are shown.
    private let names: [String]
    /// Nil for regression.
    private let classes: ClassReport?

    private enum CodingKeys: String, CodingKey {
        case checkpoint, model, dataset, images, metrics, classes, confusion
        case parametersSHA256 = "parameters_sha256"
    }

    /// Derives all values from what was measured.
    ///
    /// - Parameters:
    ///   - result: What was measured.
    ///   - metrics: What is shown.
    ///   - network: Whose results they are.
    ///   - dataset: Of which data set the images are.
    init(
        _ result: EvaluationResult, metrics: [Metric], network: TrainedNetwork,
        dataset: DatasetName
    ) {
        checkpoint = network.checkpoint.path
        model = network.model.description.name
        self.dataset = dataset.rawValue
        noun = dataset.sampleNoun
        parametersSHA256 = network.checkpoint.state.parametersSHA256
        images = result.sampleCount
        names = metrics.map(\.name)
        values = Dictionary(
            uniqueKeysWithValues: metrics.map { metric in
                let value = result.value(of: metric)
                return (metric.name, value.isFinite ? value : nil)
            })
        classes = ClassReport(result)
    }

    /// Writes all but the order of the metrics.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(checkpoint, forKey: .checkpoint)
        try container.encode(model, forKey: .model)
        try container.encode(dataset, forKey: .dataset)
        try container.encode(parametersSHA256, forKey: .parametersSHA256)
        try container.encode(images, forKey: .images)
        try container.encode(values, forKey: .metrics)
        try container.encodeIfPresent(classes?.rows, forKey: .classes)
        try container.encodeIfPresent(classes?.confusion, forKey: .confusion)
    }

    /// One object in one line.
    ///
    /// - Throws: If it cannot be written as JSON.
    func json() throws -> String { try jsonLine(self) }

    /// Tables: the metrics, and for classes their scores and the confusion matrix.
    var text: String {
        var table = TextTable()
        table.add("metric", "value")
        for name in names {
            table.add(name, (values[name] ?? nil)?.fixed(4) ?? "undefined")
        }
        let title =
            "\(model) of \(checkpoint) on the \(images.grouped) test \(noun) of \(dataset)"
        return ([title, table.text] + (classes?.tables(of: noun) ?? []))
            .joined(separator: "\n\n")
    }
}

/// A value as JSON in one line, with its keys in alphabetical order.
///
/// - Parameter value: What is written.
/// - Returns: The text without a newline.
/// - Throws: If it holds NaN or infinity.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
