import Diagnostics
import Metrics
import Training

/// What `evaluate` tells of each class.
struct ClassReport {
    /// One class.
    struct Row: Encodable {
        let name: String
        let images: Int
        let precision: Double
        let recall: Double
        let f1: Double
        /// Against all other classes; nil if the class was not ranked, or cannot be.
        let rocAUC: Double?
        /// Against all other classes; nil if the class was not ranked, or cannot be.
        let averagePrecision: Double?

        enum CodingKeys: String, CodingKey {
            case name, images, precision, recall, f1
            case rocAUC = "roc_auc"
            case averagePrecision = "average_precision"
        }
    }

    /// With more classes than this, the confusion matrix is for programs alone.
    private static let largestShownMatrix = 20

    /// The classes in their order.
    let rows: [Row]
    /// How many images of a class (row) were taken for a class (column).
    let confusion: [[Int64]]

    /// Derives all values from what was measured.
    ///
    /// - Parameter result: What was measured; nil comes back for a regression.
    init?(_ result: EvaluationResult) {
        guard case .classification(let counts, _, let rankings) = result.measurement else {
            return nil
        }
        rows = result.classNames.enumerated().map { label, name in
            let scores = counts.scores(of: label)
            let ranking = Self.ranking(of: label, in: rankings)
            return Row(
                name: name, images: counts.support(of: label), precision: scores.precision,
                recall: scores.recall, f1: scores.f1, rocAUC: ranking?.rocAUC.known,
                averagePrecision: ranking?.averagePrecision.known)
        }
        confusion = (0..<counts.classCount).map {
            Array(counts.confusion[$0 * counts.classCount..<($0 + 1) * counts.classCount])
        }
    }

    /// Of two classes the second alone is ranked.
    private static func ranking(of label: Int, in rankings: [ClassRanking]?) -> ClassRanking? {
        guard let rankings else { return nil }
        if rankings.count == 1 { return label == 1 ? rankings[0] : nil }
        return rankings[label]
    }

    /// The scores of each class, and the confusion matrix if there are not too many.
    ///
    /// - Parameter samples: What samples are called.
    /// - Returns: The tables.
    func tables(of samples: String) -> [String] {
        [scores(of: samples)] + (rows.count > Self.largestShownMatrix ? [] : [matrix])
    }

    private func scores(of samples: String) -> String {
        let isRanked = rows.contains { $0.averagePrecision != nil }
        var table = TextTable()
        table.add(
            ["class", samples, "precision", "recall", "f1"]
                + (isRanked ? ["roc_auc", "average_precision"] : []))
        for row in rows {
            let ranking = [row.rocAUC, row.averagePrecision].map { $0?.fixed(4) ?? "-" }
            table.add(
                [
                    row.name, row.images.grouped, row.precision.fixed(4), row.recall.fixed(4),
                    row.f1.fixed(4),
                ] + (isRanked ? ranking : []))
        }
        return table.text
    }

    private var matrix: String {
        var table = TextTable()
        table.add(["class \\ taken for"] + rows.map(\.name))
        for (row, counts) in zip(rows, confusion) {
            table.add([row.name] + counts.map(\.grouped))
        }
        return table.text
    }
}

extension Double {
    /// The number; nil for NaN and infinities, which JSON has not.
    fileprivate var known: Double? { isFinite ? self : nil }
}
