import Interchange
import Trees

extension TreeModel {
    /// The trees as a graph of ONNX's operators, from rows as files hold them to predictions.
    ///
    /// - Returns: The graph.
    /// - Throws: `Failure` with `usage` for a table that has no such operators.
    public func onnxGraph() throws -> ONNXGraph {
        var model = try ModelGraph(description)
        let features = try model.addInputs()
        let nodes = TreeNodes(ensemble)
        // Leaves hold the shares of classes, whose means are what is to be told: a regression too.
        let means = model.graph.apply(
            "TreeEnsembleRegressor", to: [features],
            attributes: [
                "aggregate_function": .string("AVERAGE"),
                "n_targets": .int(ensemble.outputCount),
                "nodes_treeids": .ints(nodes.trees),
                "nodes_nodeids": .ints(nodes.numbers),
                "nodes_featureids": .ints(nodes.features),
                "nodes_modes": .strings(nodes.modes),
                "nodes_values": .floats(nodes.thresholds),
                "nodes_truenodeids": .ints(nodes.left),
                "nodes_falsenodeids": .ints(nodes.right),
                "nodes_missing_value_tracks_true": .ints(nodes.missingGoesLeft),
                "target_treeids": .ints(nodes.targetTrees),
                "target_nodeids": .ints(nodes.targetNodes),
                "target_ids": .ints(nodes.targets),
                "target_weights": .floats(nodes.weights),
            ], in: .traditional,
            named: description.classNames.isEmpty ? "mean" : "probabilities")
        if description.classNames.isEmpty {
            model.addValue(means)
        } else {
            model.addClasses(means)
        }
        return model.graph
    }
}

/// The nodes of all trees as ONNX lists them.
private struct TreeNodes {
    var trees: [Int] = []
    var numbers: [Int] = []
    var features: [Int] = []
    var modes: [String] = []
    var thresholds: [Float] = []
    var left: [Int] = []
    var right: [Int] = []
    var missingGoesLeft: [Int] = []
    /// Of each leaf and output: the tree, the node, the output and its value.
    var targetTrees: [Int] = []
    var targetNodes: [Int] = []
    var targets: [Int] = []
    var weights: [Float] = []

    init(_ ensemble: TreeEnsemble) {
        for (number, tree) in ensemble.trees.enumerated() {
            for node in 0..<tree.nodeCount { append(node, of: tree, number) }
        }
    }

    private mutating func append(_ node: Int, of tree: DecisionTree, _ number: Int) {
        let isLeaf = tree.features[node] < 0
        trees.append(number)
        numbers.append(node)
        features.append(isLeaf ? 0 : Int(tree.features[node]))
        modes.append(isLeaf ? "LEAF" : "BRANCH_LEQ")
        thresholds.append(tree.thresholds[node])
        left.append(Int(tree.left[node]))
        right.append(Int(tree.right[node]))
        missingGoesLeft.append(tree.sendsMissingLeft[node] ? 1 : 0)
        guard isLeaf else { return }
        for (output, value) in tree.outputs(of: node).enumerated() {
            targetTrees.append(number)
            targetNodes.append(node)
            targets.append(output)
            weights.append(value)
        }
    }
}
