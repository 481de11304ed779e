/// What a model that tells numbers did on a number of samples, summed exactly.
///
/// All sums are exact, those of squares included, so neither the order of the samples nor a mean far
/// from zero costs a digit: R² needs the targets' variance, a small difference of large sums.
public struct RegressionErrors: MergeableMetric {
    /// The number of samples.
    public private(set) var sampleCount = 0
    private var lossSum = ExactSum()
    private var absoluteSum = ExactSum()
    private var squaredSum = ExactSum()
    private var targetSum = ExactSum()
    private var squaredTargetSum = ExactSum()

    /// Creates errors of nothing.
    public init() {}

    /// The mean loss of a sample; NaN over no samples, as are all values.
    public var loss: Double { lossSum.value / Double(sampleCount) }

    /// The mean of the absolute differences.
    public var meanAbsoluteError: Double { absoluteSum.value / Double(sampleCount) }

    /// The mean of the squared differences.
    public var meanSquaredError: Double { squaredSum.value / Double(sampleCount) }

    /// The root of the mean of the squared differences.
    public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

    /// The coefficient of determination: the share of the targets' variance that is explained.
    ///
    /// Of targets that are all the same it is 1 if they are predicted exactly and else 0, of fewer
    /// than two samples NaN; as in scikit-learn.
    public var determination: Double {
        if sampleCount < 2 { return .nan }
        // n² times the variance: n Σy² − (Σy)², without rounding but the last.
        var spread = ExactSum()
        let means = targetSum.parts
        for part in squaredTargetSum.parts { spread.add(product: Double(sampleCount), part) }
        for first in means {
            for second in means { spread.add(product: -first, second) }
        }
        let (error, variance) = (squaredSum.value, spread.value)
        if variance == 0 { return error.isNaN ? .nan : error == 0 ? 1 : 0 }
        return 1 - Double(sampleCount) * error / variance
    }

    /// Counts one sample.
    ///
    /// - Parameters:
    ///   - prediction: The number that the model told.
    ///   - target: The true number.
    ///   - loss: The sample's loss.
    public mutating func add(prediction: Double, target: Double, loss: Double) {
        let difference = target - prediction
        sampleCount += 1
        lossSum.add(loss)
        absoluteSum.add(abs(difference))
        squaredSum.add(difference * difference)
        targetSum.add(target)
        squaredTargetSum.add(product: target, target)
    }

    /// Takes in what was counted over other samples.
    ///
    /// - Parameter other: Their errors.
    public mutating func merge(_ other: RegressionErrors) {
        replace(withFlattened: zip(flattened, other.flattened).map { $0 + $1 })
    }

    /// The number of samples and all sums.
    public var flattened: [Int64] {
        [Int64(sampleCount)]
            + [lossSum, absoluteSum, squaredSum, targetSum, squaredTargetSum].flatMap(\.flattened)
    }

    /// Replaces everything that was counted.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    public mutating func replace(withFlattened flattened: [Int64]) {
        let sums: [WritableKeyPath<RegressionErrors, ExactSum>] = [
            \.lossSum, \.absoluteSum, \.squaredSum, \.targetSum, \.squaredTargetSum,
        ]
        precondition(
            flattened.count == 1 + sums.count * ExactSum.flattenedCount,
            "errors are \(1 + sums.count * ExactSum.flattenedCount) integers, "
                + "got \(flattened.count)")
        sampleCount = Int(flattened[0])
        for (index, sum) in sums.enumerated() {
            let start = 1 + index * ExactSum.flattenedCount
            self[keyPath: sum].replace(
                withFlattened: Array(flattened[start..<start + ExactSum.flattenedCount]))
        }
    }
}

extension Metric {
    /// The metrics of models that tell numbers.
    static let regression = [
        Metric("mse", .minimize, .errors { $0.meanSquaredError }),
        Metric("rmse", .minimize, .errors { $0.rootMeanSquaredError }),
        Metric("mae", .minimize, .errors { $0.meanAbsoluteError }),
        Metric("r2", .maximize, .errors { $0.determination }),
    ]
}
