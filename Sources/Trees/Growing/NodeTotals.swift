/// What is known of all rows of a node, as integers that are summed over ranks.
///
/// Of classes these are their counts; of numbers y, in units, the count, Σ y, and Σ y² in two parts
/// of which the first is worth 2³².
struct NodeTotals {
    /// What is predicted.
    let task: TreeTask
    /// The unit of numbers.
    let unit: FixedPoint?

    /// Integers of a node.
    var width: Int {
        switch task {
        case .classification(let count): count
        case .regression: 4
        }
    }

    /// Integers of a bin of a histogram: the counts, or the count and Σ y.
    var histogramWidth: Int {
        switch task {
        case .classification(let count): count
        case .regression: 2
        }
    }

    /// Adds rows to the totals of a node.
    ///
    /// - Parameters:
    ///   - rows: Numbers of rows.
    ///   - targets: Targets by row.
    ///   - weights: Weights by row.
    ///   - totals: `width` integers.
    func add(
        _ rows: UnsafeBufferPointer<Int32>, targets: UnsafePointer<Int64>,
        weights: UnsafePointer<Int32>, to totals: UnsafeMutablePointer<Int64>
    ) {
        guard case .regression = task else {
            for row in rows { totals[Int(targets[Int(row)])] &+= Int64(weights[Int(row)]) }
            return
        }
        for row in rows {
            let (y, weight) = (targets[Int(row)], Int64(weights[Int(row)]))
            let square = y &* y
            totals[0] &+= weight
            totals[1] &+= weight &* y
            totals[2] &+= weight &* (square >> 32)
            totals[3] &+= weight &* (square & 0xffff_ffff)
        }
    }

    /// Adds a row to a bin of a histogram.
    ///
    /// - Parameters:
    ///   - weight: How often it counts; negative to take it away.
    ///   - target: Its target.
    ///   - bin: `histogramWidth` integers.
    @inline(__always)
    func add(weight: Int64, target: Int64, toBin bin: UnsafeMutablePointer<Int64>) {
        if case .regression = task {
            bin[0] &+= weight
            bin[1] &+= weight &* target
        } else {
            bin[Int(target)] &+= weight
        }
    }

    /// The number of rows.
    func count(_ totals: UnsafePointer<Int64>) -> Int64 {
        guard case .classification(let count) = task else { return totals[0] }
        return (0..<count).reduce(0) { $0 + totals[$1] }
    }

    /// Whether all rows have the same target.
    func isPure(_ totals: UnsafePointer<Int64>) -> Bool {
        guard case .classification(let count) = task else { return spread(totals) == 0 }
        return (0..<count).count { totals[$0] > 0 } <= 1
    }

    /// n·Σ y² − (Σ y)², which is n² times the variance.
    private func spread(_ totals: UnsafePointer<Int64>) -> Int128 {
        let squares = Int128(totals[2]) << 32 + Int128(totals[3])
        return Int128(totals[0]) * squares - Int128(totals[1]) * Int128(totals[1])
    }

    /// The impurity by a criterion: 0 where all rows have the same target.
    func impurity(_ totals: UnsafePointer<Int64>, _ criterion: TreeCriterion) -> Double {
        let count = Double(count(totals))
        switch task {
        case .regression:
            let scale = (unit?.scale ?? 1) * count
            return Double(spread(totals)) / (scale * scale)
        case .classification(let classes):
            let shares = (0..<classes).map { Double(totals[$0]) / count }
            return criterion == .entropy
                ? shares.reduce(0) { $1 > 0 ? $0 - $1 * logarithm($1) : $0 }
                : 1 - shares.reduce(0) { $0 + $1 * $1 }
        }
    }

    /// What a leaf predicts: the shares of the classes, or the mean.
    func outputs(_ totals: UnsafePointer<Int64>) -> [Float] {
        let count = Double(count(totals))
        switch task {
        case .regression:
            let (center, scale) = (unit?.center ?? 0, unit?.scale ?? 1)
            return [Float(center + Double(totals[1]) / count / scale)]
        case .classification(let classes):
            return (0..<classes).map { Float(Double(totals[$0]) / count) }
        }
    }
}
