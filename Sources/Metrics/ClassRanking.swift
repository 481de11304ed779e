/// How well scores put the samples of a class before all others.
public struct ClassRanking: Sendable, Hashable {
    /// The number of samples of the class.
    public let positiveCount: Int
    /// The number of other samples.
    public let negativeCount: Int
    /// Twice the number of pairs of a sample of the class and another in which the first has the
    /// larger score, ties for a half; −1 if some score is NaN.
    let doubledPairCount: Int64
    /// The sum over the samples of the class of the precision at their score; NaN if some score is.
    let precisionSum: Double

    init(
        positiveCount: Int, negativeCount: Int, doubledPairCount: Int64, precisionSum: Double
    ) {
        self.positiveCount = positiveCount
        self.negativeCount = negativeCount
        self.doubledPairCount = doubledPairCount
        self.precisionSum = precisionSum
    }

    /// The area under the ROC curve; NaN if all samples are of the class or none is, or if a score
    /// is NaN.
    ///
    /// Computed as the share of pairs in the right order, whose count is an integer. Source: Hanley
    /// & McNeil 1982.
    public var rocAUC: Double {
        guard positiveCount > 0, negativeCount > 0, doubledPairCount >= 0 else { return .nan }
        return Double(doubledPairCount) / (2 * Double(positiveCount) * Double(negativeCount))
    }

    /// The precision at each score, weighted by the recall that it adds, without interpolation; NaN
    /// if no sample is of the class, or if a score is NaN.
    public var averagePrecision: Double {
        positiveCount > 0 ? precisionSum / Double(positiveCount) : .nan
    }

    /// Everything as integers, for messages.
    public var flattened: [Int64] {
        [
            Int64(positiveCount), Int64(negativeCount), doubledPairCount,
            Int64(bitPattern: precisionSum.bitPattern),
        ]
    }

    /// How many integers `flattened` has.
    public static let flattenedCount = 4

    /// Reads integers.
    ///
    /// - Parameter flattened: What `flattened` was.
    public init(flattened: some Collection<Int64>) {
        let values = Array(flattened)
        precondition(values.count == Self.flattenedCount, "a ranking has 4 integers")
        self.init(
            positiveCount: Int(values[0]), negativeCount: Int(values[1]),
            doubledPairCount: values[2],
            precisionSum: Double(bitPattern: UInt64(bitPattern: values[3])))
    }
}

extension Metric {
    /// The area under the ROC curve; of more than two classes the mean of each against the rest.
    static let rocAUC = Metric(
        "roc_auc", .maximize, classCounts: 2...Int.max,
        .rankings { mean($0.map(\.rocAUC), of: $0) })

    /// The average precision; of more than two classes the mean of each against the rest.
    static let averagePrecision = Metric(
        "average_precision", .maximize, classCounts: 2...Int.max,
        .rankings { mean($0.map(\.averagePrecision), of: $0) })

    /// The mean over the classes that some samples have and others have not.
    private static func mean(_ values: [Double], of rankings: [ClassRanking]) -> Double {
        let known = zip(values, rankings)
            .filter { rankings.count == 1 || ($1.positiveCount > 0 && $1.negativeCount > 0) }
            .map(\.0)
        return known.reduce(0, +) / Double(known.count)
    }
}
