/// The points of the ROC curve and of the precision–recall curve of one class, which share their
/// thresholds.
public struct RankingCurve: Sendable, Hashable {
    /// What happens if all samples with at least a score are taken for the class.
    public struct Point: Sendable, Hashable {
        /// The score.
        public let threshold: Float
        /// How many samples of the class are taken.
        public let truePositives: Int
        /// How many others are.
        public let falsePositives: Int

        /// Of the samples taken, the fraction of the class; 1 of none.
        public var precision: Double {
            let all = truePositives + falsePositives
            return all == 0 ? 1 : Double(truePositives) / Double(all)
        }
    }

    /// The number of samples of the class.
    public let positiveCount: Int
    /// The number of others.
    public let negativeCount: Int
    /// The points from the largest score to the smallest, after one where none is taken.
    public private(set) var points = [
        Point(threshold: .infinity, truePositives: 0, falsePositives: 0)
    ]

    init(positiveCount: Int, negativeCount: Int) {
        self.positiveCount = positiveCount
        self.negativeCount = negativeCount
    }

    mutating func add(threshold: Float, truePositives: Int, falsePositives: Int) {
        points.append(
            Point(
                threshold: threshold, truePositives: truePositives, falsePositives: falsePositives))
    }

    /// The true positive rate, which is the recall.
    ///
    /// - Parameter point: A point.
    /// - Returns: Of the samples of the class, the fraction taken; NaN if there are none.
    public func recall(at point: Point) -> Double {
        Double(point.truePositives) / Double(positiveCount)
    }

    /// The false positive rate.
    ///
    /// - Parameter point: A point.
    /// - Returns: Of the other samples, the fraction taken; NaN if there are none.
    public func falsePositiveRate(at point: Point) -> Double {
        Double(point.falsePositives) / Double(negativeCount)
    }
}
