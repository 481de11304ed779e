import Randomness

/// Grows one tree, a level at a time, on all ranks at once.
///
/// Each rank adds its rows to the histograms of a level's nodes, the histograms are summed over
/// ranks, each rank searches the best splits of some of the nodes, and the splits are exchanged. Of
/// nodes with few rows the rows themselves are exchanged, as integers too. All that is summed are
/// integers, so the tree does not depend on the number of ranks; and a tree that goes on from a level
/// border grows as if it had never stopped.
public final class TreeGrower {
    private let rows: BinnedRows
    private let settings: TreeSettings
    private let ranks: TreeRanks
    private let weights: UnsafeMutablePointer<Int32>
    private let totals: NodeTotals
    private let search: LevelSearch
    private let order: RowOrder
    private var level = Level()
    /// How far the tree is.
    public private(set) var growth: TreeGrowth

    /// Begins to grow a tree, or goes on.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - growth: How far the tree is; grown with the same rows, settings, weights and key.
    ///   - rows: The training rows.
    ///   - settings: How it grows.
    ///   - weights: How often rows count.
    ///   - key: From which the features of nodes are drawn.
    ///   - entryCost: How many bins of a histogram cost as much as one code of a listed row, at least
    ///     1; a matter of time, not of the result.
    ///   - ranks: The ranks.
    /// - Throws: What the ranks' sum throws.
    public init(
        _ growth: TreeGrowth, rows: BinnedRows, settings: TreeSettings, weights: RowWeights,
        key: RandomKey, entryCost: Int = 4, ranks: TreeRanks
    ) throws {
        self.rows = rows
        self.settings = settings
        self.ranks = ranks
        self.growth = growth
        let counts = weights.weights(rowCount: rows.rowCount, own: rows.own)
        self.weights = .allocate(capacity: counts.count)
        self.weights.initialize(from: counts, count: counts.count)
        totals = NodeTotals(task: rows.task, unit: rows.unit)
        search = LevelSearch(
            rows, weights: self.weights, settings, key: key, entryCost: entryCost, ranks: ranks)
        let isNew = growth.tree.nodeCount == 0
        let openCount = isNew ? 1 : growth.tree.nodeCount - growth.openStart
        let places = Self.places(of: rows, weights: counts, in: growth)
        let (order, ranges) = RowOrder.grouped(by: places, nodeCount: openCount)
        self.order = order
        level.rows = ranges
        try measureLevel()
        if isNew { appendNodes() }
    }

    deinit { weights.deallocate() }

    /// Bytes that a rank takes for histograms while trees grow: those of nodes that are summed
    /// together, and those kept for the search of their children.
    ///
    /// - Parameter rows: The rows.
    /// - Returns: The most bytes.
    public static func histogramByteCount(for rows: BinnedRows) -> Int {
        let one = rows.histogramByteCount
        return max(NodeBatch.byteCount, one) + min(HistogramPool.byteLimit, one * rows.rowCount)
    }

    /// Splits the nodes of the last level.
    ///
    /// Every rank has to call it.
    ///
    /// - Returns: Whether nodes were split; if not, the tree has grown up.
    /// - Throws: What the ranks' sum throws.
    public func growLevel() throws -> Bool {
        let candidates = level.rows.indices.filter(isSplittable)
        let isLast = growth.depth + 1 == settings.maxDepth
        let splits = try search.splits(
            of: level, candidates, firstNode: growth.openStart, order: order,
            keepsHistograms: !isLast)
        try divide(by: splits)
        return !growth.isComplete
    }

    private func isSplittable(_ place: Int) -> Bool {
        guard growth.depth < settings.maxDepth ?? .max else { return false }
        let node = level.totals[place]
        let fewest = max(settings.minSamplesSplit, 2 * settings.minSamplesLeaf)
        return totals.count(node) >= fewest && !totals.isPure(node)
    }

    /// Makes the children of the nodes that are split the new last level.
    private func divide(by splits: [Split?]) throws {
        let first = growth.openStart
        var next = Level()
        for (place, split) in splits.enumerated() {
            guard let split else { continue }
            let range = level.rows[place]
            let bins = rows.bins[split.feature]
            let border = order.divide(
                range, codes: rows.codes + split.feature, stride: rows.featureCount, by: split,
                missing: bins.count)
            let left = growth.tree.nodeCount + next.rows.count
            growth.tree.split(
                first + place, feature: split.feature,
                threshold: bins.threshold(after: split.bin, before: split.next),
                sendsMissingLeft: split.sendsMissingLeft, left: left)
            next.rows += [range.lowerBound..<border, border..<range.upperBound]
            next.parents.append(search.histogram(ofPlace: place))
        }
        growth.openStart = growth.tree.nodeCount
        growth.depth += next.rows.isEmpty ? 0 : 1
        level = next
        try measureLevel()
        appendNodes()
    }

    /// Sums the totals of the last level's nodes over all ranks.
    private func measureLevel() throws {
        level.totals = TotalsTable(nodeCount: level.rows.count, width: totals.width)
        for (place, range) in level.rows.enumerated() where !range.isEmpty {
            totals.add(
                order[range], targets: rows.targets, weights: weights, to: level.totals[place])
        }
        if ranks.rankCount > 1 && !level.rows.isEmpty { try ranks.sum(level.totals.all) }
    }

    private func appendNodes() {
        for place in level.rows.indices {
            let node = level.totals[place]
            growth.tree.append(
                outputs: totals.outputs(node), rowCount: totals.count(node),
                impurity: totals.impurity(node, settings.criterion))
        }
    }

    /// The place in the last level of each of this rank's rows; −1 for those in earlier leaves and
    /// those that do not count.
    private static func places(
        of rows: BinnedRows, weights: [Int32], in growth: TreeGrowth
    ) -> [Int32] {
        let tree = growth.tree
        let lastBins = tree.features.indices.map { node in
            tree.features[node] < 0
                ? 0 : rows.bins[Int(tree.features[node])].bin(ofThreshold: tree.thresholds[node])
        }
        return weights.indices.map { row in
            guard weights[row] > 0 else { return -1 }
            var node = 0
            while node < tree.nodeCount, tree.features[node] >= 0 {
                let feature = Int(tree.features[node])
                let code = Int(rows.codes[row * rows.featureCount + feature])
                let isMissing = code == rows.bins[feature].count
                let goesLeft = isMissing ? tree.sendsMissingLeft[node] : code <= lastBins[node]
                node = Int(goesLeft ? tree.left[node] : tree.right[node])
            }
            return node < growth.openStart ? -1 : Int32(node - growth.openStart)
        }
    }
}

/// The nodes of the last level, which are the root or pairs of children.
struct Level {
    /// Where the rows of each node are in the order.
    var rows: [Range<Int>] = []
    /// The totals of each node.
    var totals = TotalsTable(nodeCount: 0, width: 0)
    /// The histograms of the parents, by pairs; nil where it was not kept.
    var parents: [UnsafeMutablePointer<Int64>?] = []
}
