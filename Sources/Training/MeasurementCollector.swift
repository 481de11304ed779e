import Communication
import Metrics

/// Collects what a model did on this rank's samples, and makes one measurement of what all ranks
/// have.
///
/// Every sample is added on exactly one rank, whichever and in whatever order: the measurement has
/// the same bits.
///
/// Memory: counts are K² + K integers for K classes. If rankings are needed, each rank keeps 4 bytes
/// for each of its samples and classes (for its samples alone if there are two classes), and, class
/// after class, the rank that ranks a class holds three times 4 bytes for each sample of all ranks.
public struct MeasurementCollector {
    /// What has to be added of each sample besides counts.
    public let needs: MeasurementNeeds
    private let task: MetricTask
    private var counts: ClassificationCounts
    private var logLoss = LogLoss()
    private var scores: [RankedScores]
    private var errors = RegressionErrors()

    /// Prepares to collect.
    ///
    /// - Parameters:
    ///   - task: What the model is asked for.
    ///   - needs: What the metrics need together.
    public init(_ task: MetricTask, needs: MeasurementNeeds) {
        self.task = task
        switch task {
        case .classification(let classCount, _):
            self.needs = needs
            counts = ClassificationCounts(classCount: classCount)
            let rankedCount = classCount == 2 ? 1 : classCount
            scores = Array(
                repeating: RankedScores(), count: needs.contains(.rankings) ? rankedCount : 0)
        case .regression:
            self.needs = []
            counts = ClassificationCounts(classCount: 1)
            scores = []
        }
    }

    /// Adds a sample of a classification.
    ///
    /// - Parameters:
    ///   - outputs: What the class is chosen by: the largest is the predicted one, [class].
    ///   - row: Where `needs` is not empty: the probabilities, or what stands for them, [class].
    ///   - label: The sample's class.
    ///   - loss: Its loss.
    public mutating func add(
        outputs: UnsafeBufferPointer<Float>, scores row: UnsafeBufferPointer<Float>, label: Int,
        loss: Double
    ) {
        counts.add(scores: outputs, label: label, loss: loss)
        if needs.contains(.logLoss) { logLoss.add(probability: row[label]) }
        if scores.count == 1 {
            scores[0].add(score(ofTwo: row), isPositive: label == 1)
        } else {
            for index in scores.indices {
                scores[index].add(row[index], isPositive: label == index)
            }
        }
    }

    /// How much two classes speak for the second: where they have no probabilities, its lead.
    private func score(ofTwo row: UnsafeBufferPointer<Float>) -> Float {
        task == .classification(classCount: 2, hasProbabilities: true) ? row[1] : row[1] - row[0]
    }

    /// Adds a sample of a regression.
    ///
    /// - Parameters:
    ///   - prediction: The predicted number.
    ///   - target: The true number.
    ///   - loss: The sample's loss.
    public mutating func add(prediction: Double, target: Double, loss: Double) {
        errors.add(prediction: prediction, target: target, loss: loss)
    }

    /// Puts together what all ranks collected; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - curves: Asks, if given on every rank, for the curves of each class that is ranked: called
    ///     on rank 0 alone, class after class.
    /// - Returns: The measurement, on every rank the same.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public consuming func measurement(
        over communicator: any Communicator,
        curves: ((_ label: Int, RankingCurve) -> Void)? = nil
    ) throws -> ModelMeasurement {
        if task == .regression { return .regression(try communicator.sum(of: errors)) }
        return .classification(
            counts: try communicator.sum(of: counts),
            logLoss: needs.contains(.logLoss) ? try communicator.sum(of: logLoss) : nil,
            rankings: needs.contains(.rankings)
                ? try Self.rankings(of: scores, communicator, curves: curves) : nil)
    }

    /// Ranks each class on one rank, the classes in turn on all of them.
    private static func rankings(
        of scores: [RankedScores], _ communicator: any Communicator,
        curves: ((Int, RankingCurve) -> Void)?
    ) throws -> [ClassRanking] {
        let integers = ClassRanking.flattenedCount
        var flattened = [Int64](repeating: 0, count: scores.count * integers)
        for (index, own) in scores.enumerated() {
            let root = curves == nil ? index % communicator.rankCount : 0
            guard let parts = try communicator.gather(own.bytes, to: root) else { continue }
            let whole = RankedScores(parts: parts)
            flattened.replaceSubrange(
                index * integers..<(index + 1) * integers, with: whole.ranking.flattened)
            curves?(scores.count == 1 ? 1 : index, whole.curve)
        }
        try communicator.sum(&flattened)
        return scores.indices.map {
            ClassRanking(flattened: flattened[$0 * integers..<($0 + 1) * integers])
        }
    }
}

extension Communicator {
    /// What was counted on all ranks together.
    fileprivate func sum<Value: MergeableMetric>(of metric: Value) throws -> Value {
        var whole = metric
        var flattened = metric.flattened
        try sum(&flattened)
        whole.replace(withFlattened: flattened)
        return whole
    }
}
