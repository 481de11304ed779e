/// A tree of decisions on features, as arrays over its nodes; node 0 is the root.
///
/// Children come after their parents, and levels one after the other.
public struct DecisionTree: Hashable, Sendable {
    /// The numbers that a leaf holds: one a class, or one.
    public let outputCount: Int
    /// The feature on which a node decides; −1 in a leaf.
    public internal(set) var features: [Int32] = []
    /// Values up to it go left; 0 in a leaf.
    public internal(set) var thresholds: [Float] = []
    /// The node for values up to the threshold; 0 in a leaf.
    public internal(set) var left: [Int32] = []
    /// The node for larger values; 0 in a leaf.
    public internal(set) var right: [Int32] = []
    /// Whether a missing value goes left.
    public internal(set) var sendsMissingLeft: [Bool] = []
    /// What is predicted in each node, [node, output]: shares of classes that add up to 1, or a mean.
    public internal(set) var outputs: [Float] = []
    /// The training rows of each node, as often as they were drawn.
    public internal(set) var rowCounts: [Int64] = []
    /// The impurity of each node by the criterion of the training.
    public internal(set) var impurities: [Float] = []

    /// Creates a tree without nodes.
    ///
    /// - Parameter outputCount: The numbers that a leaf holds, at least 1.
    init(outputCount: Int) { self.outputCount = outputCount }

    /// The number of nodes.
    public var nodeCount: Int { features.count }
    /// The number of leaves.
    public var leafCount: Int { features.count { $0 < 0 } }

    /// The largest number of decisions on the way to a leaf.
    public var depth: Int {
        var depths = [Int](repeating: 0, count: nodeCount)
        for node in 0..<nodeCount where features[node] >= 0 {
            depths[Int(left[node])] = depths[node] + 1
            depths[Int(right[node])] = depths[node] + 1
        }
        return depths.max() ?? 0
    }

    /// The leaf to which a row comes.
    ///
    /// - Parameter row: The features, NaN where one is missing.
    /// - Returns: The number of the node.
    func leaf(for row: UnsafePointer<Float>) -> Int {
        var node = 0
        while features[node] >= 0 {
            let value = row[Int(features[node])]
            let goesLeft = value.isNaN ? sendsMissingLeft[node] : value <= thresholds[node]
            node = Int(goesLeft ? left[node] : right[node])
        }
        return node
    }

    /// What the tree predicts for a row.
    ///
    /// - Parameter row: The features, NaN where one is missing.
    /// - Returns: `outputCount` numbers.
    public func prediction(for row: UnsafePointer<Float>) -> ArraySlice<Float> {
        outputs(of: leaf(for: row))
    }

    /// The outputs of a node.
    ///
    /// - Parameter node: The node.
    /// - Returns: `outputCount` numbers.
    public func outputs(of node: Int) -> ArraySlice<Float> {
        outputs[node * outputCount..<(node + 1) * outputCount]
    }

    /// Adds a leaf after the last node.
    mutating func append(outputs: [Float], rowCount: Int64, impurity: Double) {
        features.append(-1)
        thresholds.append(0)
        left.append(0)
        right.append(0)
        sendsMissingLeft.append(false)
        self.outputs += outputs
        rowCounts.append(rowCount)
        // The variance of large numbers may be beyond what a Float can hold.
        impurities.append(Float(min(impurity, Double(Float.greatestFiniteMagnitude))))
    }

    /// Makes a leaf a node whose children are two neighbours that are still to be added.
    mutating func split(
        _ node: Int, feature: Int, threshold: Float, sendsMissingLeft: Bool, left: Int
    ) {
        features[node] = Int32(feature)
        thresholds[node] = threshold
        self.sendsMissingLeft[node] = sendsMissingLeft
        self.left[node] = Int32(left)
        right[node] = Int32(left + 1)
    }
}
