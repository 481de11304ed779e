/// One tree, or several whose predictions are averaged: what a tree model has learned.
public struct TreeEnsemble: Hashable, Sendable {
    /// What it predicts.
    public let task: TreeTask
    /// The features of a row.
    public let featureCount: Int
    /// The trees, in the order in which they grew.
    public private(set) var trees: [DecisionTree] = []

    /// Creates an ensemble without trees.
    ///
    /// - Parameters:
    ///   - task: What it predicts.
    ///   - featureCount: The features of a row.
    public init(for task: TreeTask, featureCount: Int) {
        self.task = task
        self.featureCount = featureCount
    }

    /// Adds a tree.
    ///
    /// - Parameter tree: A tree for the same task and features.
    public mutating func append(_ tree: DecisionTree) {
        precondition(
            tree.outputCount == task.outputCount && tree.nodeCount > 0,
            "a tree of another task does not fit in")
        trees.append(tree)
    }

    /// The numbers that it predicts for a row: one a class, or one.
    public var outputCount: Int { task.outputCount }

    /// Predicts: the probabilities of the classes, or the number.
    ///
    /// - Parameters:
    ///   - row: The features, NaN where one is missing.
    ///   - outputs: `outputCount` numbers: the means over all trees, added in the order of the trees
    ///     and rounded once.
    public func predict(
        _ row: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>
    ) {
        precondition(!trees.isEmpty, "an ensemble without trees predicts nothing")
        withUnsafeTemporaryAllocation(of: Double.self, capacity: outputCount) { sums in
            sums.initialize(repeating: 0)
            for tree in trees {
                for (output, value) in tree.prediction(for: row).enumerated() {
                    sums[output] += Double(value)
                }
            }
            for output in 0..<outputCount {
                outputs[output] = Float(sums[output] / Double(trees.count))
            }
        }
    }

    /// How much each feature lowers the impurity: for each tree the decreases at its nodes, weighted by
    /// their rows, as shares of their sum; then the mean over trees.
    ///
    /// - Returns: One number a feature, which add up to 1; all 0 if no tree has a split.
    ///
    /// Source: Breiman, Friedman, Olshen & Stone 1984, section 5.3.4.
    public func importances() -> [Double] {
        var sums = [Double](repeating: 0, count: featureCount)
        for tree in trees {
            let decreases = tree.impurityDecreases(featureCount: featureCount)
            let total = decreases.reduce(0, +)
            guard total > 0 else { continue }
            for (feature, decrease) in decreases.enumerated() { sums[feature] += decrease / total }
        }
        let total = sums.reduce(0, +)
        return total > 0 ? sums.map { $0 / total } : sums
    }
}

extension DecisionTree {
    /// The decrease of the impurity by the splits on each feature, in rows times impurity.
    fileprivate func impurityDecreases(featureCount: Int) -> [Double] {
        var decreases = [Double](repeating: 0, count: featureCount)
        func weighted(_ node: Int) -> Double {
            Double(rowCounts[node]) * Double(impurities[node])
        }
        for node in 0..<nodeCount where features[node] >= 0 {
            // Rounded impurities can seem to rise.
            decreases[Int(features[node])] += max(
                0, weighted(node) - weighted(Int(left[node])) - weighted(Int(right[node])))
        }
        return decreases
    }
}
