/// How far a tree has grown, between two levels: what a run goes on with.
public struct TreeGrowth: Hashable, Sendable {
    /// The tree so far.
    public internal(set) var tree: DecisionTree
    /// The first node of the last level, of which no node has been split yet; the number of nodes if
    /// the tree has grown up.
    public internal(set) var openStart = 0
    /// The number of decisions on the way to the nodes of the last level.
    public internal(set) var depth = 0

    /// A tree that has not begun to grow.
    ///
    /// - Parameter task: What it is to predict.
    public init(for task: TreeTask) { tree = DecisionTree(outputCount: task.outputCount) }

    /// A tree between two levels.
    ///
    /// - Parameters:
    ///   - tree: The tree, of which the last level is open.
    ///   - openStart: The first node of the last level; only leaves follow.
    ///   - depth: The depth of that level.
    public init(resuming tree: DecisionTree, openStart: Int, depth: Int) {
        precondition(
            (0...tree.nodeCount).contains(openStart)
                && tree.features[openStart...].allSatisfy { $0 < 0 },
            "the last level of a growing tree has no splits")
        self.tree = tree
        self.openStart = openStart
        self.depth = depth
    }

    /// Whether no node can be split any more.
    public var isComplete: Bool { tree.nodeCount > 0 && openStart == tree.nodeCount }
}
