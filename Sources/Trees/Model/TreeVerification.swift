import Diagnostics

/// Checks that arrays from a file are a tree.
struct TreeVerification {
    /// The arrays.
    let tree: DecisionTree
    /// The features of a row.
    let featureCount: Int
    /// What is named in errors.
    let name: String

    /// Checks every node.
    ///
    /// - Throws: `Failure` with `badData` that names the first node that is wrong.
    func verify() throws {
        var hasParent = [Bool](repeating: false, count: tree.nodeCount)
        hasParent[0] = true
        for node in 0..<tree.nodeCount {
            try checkNumbers(node)
            guard tree.features[node] >= 0 else { continue }
            for child in [tree.left[node], tree.right[node]] {
                // Larger numbers than the parent's, each once: then there are no circles.
                guard Int(child) > node, Int(child) < tree.nodeCount, !hasParent[Int(child)] else {
                    throw failure(node, "children of its own, after it", "child \(child)")
                }
                hasParent[Int(child)] = true
            }
        }
        if let orphan = hasParent.firstIndex(of: false) {
            throw failure(orphan, "a parent", "none")
        }
    }

    private func checkNumbers(_ node: Int) throws {
        let feature = tree.features[node]
        guard feature == -1 || (0..<featureCount).contains(Int(feature)) else {
            throw failure(node, "a feature in 0 to \(featureCount - 1), or -1", "\(feature)")
        }
        guard !tree.thresholds[node].isNaN else { throw failure(node, "a threshold", "nan") }
        guard tree.rowCounts[node] > 0, tree.rowCounts[node] <= Int64(Int32.max) else {
            throw failure(node, "1 or more rows", "\(tree.rowCounts[node])")
        }
        guard tree.impurities[node].isFinite, tree.impurities[node] >= 0 else {
            throw failure(node, "an impurity of at least 0", "\(tree.impurities[node])")
        }
        for output in tree.outputs(of: node) where !output.isFinite {
            throw failure(node, "finite values", "\(output)")
        }
        for output in tree.outputs(of: node)
        where tree.outputCount > 1 && !(0...1).contains(output) {
            throw failure(node, "probabilities", "\(output)")
        }
    }

    private func failure(_ node: Int, _ expected: String, _ found: String) -> Failure {
        Failure(.badData, in: "\(name), node \(node)", expected: expected, found: found)
    }
}
