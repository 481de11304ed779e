import Datasets
import Diagnostics
import Foundation
import Metrics
import Training

/// What `evaluate` prints.
struct EvaluationReport: Encodable {
    /// One class.
    private struct ClassReport: Encodable {
        let name: String
        let images: Int
        let precision: Double
        let recall: Double
        let f1: Double
    }

    private let checkpoint: String
    private let model: String
    private let dataset: String
    private let parametersSHA256: String
    private let images: Int
    private let metrics: [String: Double]
    private let classes: [ClassReport]
    /// How many images of a class (row) were taken for a class (column).
    private let confusion: [[Int64]]

    enum CodingKeys: String, CodingKey {
        case checkpoint, model, dataset, images, metrics, classes, confusion
        case parametersSHA256 = "parameters_sha256"
    }

    /// Derives all values from the counts.
    ///
    /// - Parameters:
    ///   - result: The counts.
    ///   - network: What was measured.
    ///   - dataset: Of which data set the images are.
    init(_ result: EvaluationResult, network: TrainedNetwork, dataset: DatasetName) {
        let counts = result.counts
        checkpoint = network.checkpoint.path
        model = network.model.description.name
        self.dataset = dataset.rawValue
        parametersSHA256 = network.checkpoint.state.parametersSHA256
        images = counts.imageCount
        metrics = Dictionary(
            uniqueKeysWithValues: ClassificationMetric.allCases.map {
                ($0.rawValue, result.value(of: $0))
            })
        classes = result.classNames.enumerated().map { label, name in
            let scores = counts.scores(of: label)
            return ClassReport(
                name: name, images: counts.support(of: label), precision: scores.precision,
                recall: scores.recall, f1: scores.f1)
        }
        confusion = (0..<counts.classCount).map {
            Array(counts.confusion[$0 * counts.classCount..<($0 + 1) * counts.classCount])
        }
    }

    /// One object in one line.
    ///
    /// - Throws: If a value cannot be written as JSON.
    func json() throws -> String { try jsonLine(self) }

    /// Two tables: the metrics, and the scores of each class.
    var text: String {
        var values = TextTable()
        values.add("metric", "value")
        for metric in ClassificationMetric.allCases {
            values.add(metric.rawValue, (metrics[metric.rawValue] ?? .nan).fixed(4))
        }
        var scores = TextTable()
        scores.add("class", "images", "precision", "recall", "f1")
        for row in classes {
            scores.add(
                row.name, row.images.grouped, row.precision.fixed(4), row.recall.fixed(4),
                row.f1.fixed(4))
        }
        return """
            \(model) of \(checkpoint) on the \(images.grouped) test images of \(dataset)

            \(values.text)

            \(scores.text)
            """
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
