/// Trees as text for readers.
public struct TreeText {
    private let featureNames: [String]
    private let classNames: [String]

    /// Knows the names that stand in the text.
    ///
    /// - Parameters:
    ///   - featureNames: The names of the features, in their order.
    ///   - classNames: The names of the classes; empty for numbers.
    public init(featureNames: [String], classNames: [String]) {
        self.featureNames = featureNames
        self.classNames = classNames
    }

    /// A line a branch and a line a leaf, indented by depth; the branch that missing values take says
    /// so.
    ///
    /// - Parameter tree: The tree.
    /// - Returns: The text.
    public func text(of tree: DecisionTree) -> String {
        var text = ""
        // A stack of its own: a tree can be deeper than the program's stack.
        var stack: [(node: Int, depth: Int, branch: String)] = [(0, 0, "")]
        while let (node, depth, branch) = stack.popLast() {
            if !branch.isEmpty { text += line(branch, depth - 1) }
            guard tree.features[node] >= 0 else {
                text += line(leaf(node, of: tree), depth)
                continue
            }
            let name = featureNames[Int(tree.features[node])]
            let threshold = tree.thresholds[node].description
            let (left, right) =
                tree.sendsMissingLeft[node] ? (" or missing", "") : ("", " or missing")
            stack.append((Int(tree.right[node]), depth + 1, "\(name) > \(threshold)\(right)"))
            stack.append((Int(tree.left[node]), depth + 1, "\(name) <= \(threshold)\(left)"))
        }
        return text
    }

    private func line(_ text: String, _ depth: Int) -> String {
        String(repeating: "|   ", count: depth) + "|-- " + text + "\n"
    }

    private func leaf(_ node: Int, of tree: DecisionTree) -> String {
        let outputs = tree.outputs(of: node)
        let rows = "\(tree.rowCounts[node]) rows"
        guard tree.outputCount > 1, let most = outputs.max(),
            let place = outputs.firstIndex(of: most)
        else { return "\(outputs[outputs.startIndex]) (\(rows))" }
        return "\(classNames[place - outputs.startIndex]) (\(most) of \(rows))"
    }
}
