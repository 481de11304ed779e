/// What makes a split good.
public enum TreeCriterion: String, CaseIterable, Codable, Hashable, Sendable {
    /// Gini's impurity of the classes: 1 − Σ p².
    case gini
    /// The entropy of the classes in bits: −Σ p·log₂ p.
    case entropy
    /// The variance of the numbers.
    case squaredError = "squared-error"

    /// Whether it judges classes; else it judges numbers.
    public var isForClasses: Bool { self != .squaredError }
}

/// How a tree grows.
public struct TreeSettings: Hashable, Sendable {
    /// What makes a split good.
    public var criterion: TreeCriterion
    /// The largest number of splits between the root and a leaf; nil for no limit.
    public var maxDepth: Int?
    /// The fewest rows of a node that is split.
    public var minSamplesSplit: Int
    /// The fewest rows on each side of a split.
    public var minSamplesLeaf: Int
    /// How many features, drawn anew for each node, a split is chosen from; nil for all.
    public var maxFeatures: Int?

    /// Describes how a tree grows.
    ///
    /// Rows that a bootstrap drew several times count as often.
    ///
    /// - Parameters:
    ///   - criterion: What makes a split good.
    ///   - maxDepth: The largest number of splits between the root and a leaf, at least 1.
    ///   - minSamplesSplit: The fewest rows of a node that is split, at least 2.
    ///   - minSamplesLeaf: The fewest rows on each side of a split, at least 1.
    ///   - maxFeatures: How many features a split is chosen from, at least 1.
    public init(
        criterion: TreeCriterion, maxDepth: Int? = nil, minSamplesSplit: Int = 2,
        minSamplesLeaf: Int = 1, maxFeatures: Int? = nil
    ) {
        precondition(
            maxDepth ?? 1 >= 1 && minSamplesSplit >= 2 && minSamplesLeaf >= 1
                && maxFeatures ?? 1 >= 1, "settings of a tree are out of range")
        self.criterion = criterion
        self.maxDepth = maxDepth
        self.minSamplesSplit = minSamplesSplit
        self.minSamplesLeaf = minSamplesLeaf
        self.maxFeatures = maxFeatures
    }
}
