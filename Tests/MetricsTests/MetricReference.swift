import Foundation
import Metrics
import Testing

/// The numbers of scikit-learn: see Reference/write_metrics.py.
struct MetricReference: Decodable {
    /// Classes, scores and the values of all metrics; nil for those that are not defined.
    struct Classification: Decodable, CustomTestStringConvertible {
        let name: String
        let classCount: Int
        let labels: [Int]
        let scores: [Float]
        let values: [String: Double?]
        var testDescription: String { name }

        /// What metrics are made of.
        ///
        /// - Parameter parts: Which samples each part has, all parts together all of them.
        /// - Returns: All parts merged.
        func measurement(of parts: [[Int]]) -> ModelMeasurement {
            var counts = ClassificationCounts(classCount: classCount)
            var logLoss = LogLoss()
            let classes = classCount == 2 ? [1] : Array(0..<classCount)
            var bytes = [[[UInt8]]](repeating: [], count: classes.count)
            for part in parts {
                var partCounts = ClassificationCounts(classCount: classCount)
                var partLoss = LogLoss()
                var ranked = classes.map { _ in RankedScores() }
                for sample in part {
                    let row = Array(scores[sample * classCount..<(sample + 1) * classCount])
                    let label = labels[sample]
                    row.withUnsafeBufferPointer {
                        partCounts.add(scores: $0, label: label, loss: Double($0[label]))
                    }
                    partLoss.add(probability: row[label])
                    for (index, own) in classes.enumerated() {
                        ranked[index].add(row[own], isPositive: label == own)
                    }
                }
                counts.merge(partCounts)
                logLoss.merge(partLoss)
                for index in classes.indices { bytes[index].append(ranked[index].bytes) }
            }
            return .classification(
                counts: counts, logLoss: logLoss,
                rankings: bytes.map { RankedScores(parts: $0).ranking })
        }
    }

    /// Scores of one class and both curves.
    struct Curve: Decodable, CustomTestStringConvertible {
        let name: String
        let labels: [Int]
        let scores: [Float]
        let thresholds: [Float]
        let falsePositiveRates: [Double]
        let recalls: [Double]
        let precisions: [Double]
        let rocAuc: Double
        let averagePrecision: Double
        var testDescription: String { name }
    }

    /// Numbers and the values of all metrics; nil for those that are not defined.
    struct Regression: Decodable, CustomTestStringConvertible {
        let name: String
        let targets: [Double]
        let predictions: [Double]
        let values: [String: Double?]
        var testDescription: String { name }

        /// What metrics are made of.
        ///
        /// - Parameter parts: Which samples each part has, all parts together all of them.
        /// - Returns: All parts merged.
        func measurement(of parts: [[Int]]) -> ModelMeasurement {
            .regression(
                parts.reduce(into: RegressionErrors()) { whole, part in
                    var errors = RegressionErrors()
                    for sample in part {
                        errors.add(
                            prediction: predictions[sample], target: targets[sample],
                            loss: abs(predictions[sample]))
                    }
                    whole.merge(errors)
                })
        }
    }

    let classifications: [Classification]
    let curves: [Curve]
    let regressions: [Regression]

    /// Reads the file.
    static let shared: MetricReference = {
        guard let url = Bundle.module.url(forResource: "metrics", withExtension: "json"),
            let data = try? Data(contentsOf: url)
        else { preconditionFailure("the reference is not in the tests' bundle") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            // The names of metrics stay as they are.
            let key = path[path.count - 1].stringValue
            let isMetric = path.dropLast().contains { $0.stringValue == "values" }
            return Key(stringValue: isMetric ? key : camelCase(key))
        }
        do {
            return try decoder.decode(MetricReference.self, from: data)
        } catch {
            preconditionFailure("the reference cannot be read: \(error)")
        }
    }()

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.capitalized }
    }
}
