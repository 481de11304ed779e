import Randomness

/// The search for the splits of a level's nodes, on all ranks at once.
///
/// Nodes with many rows have histograms. Where all features are looked at, only the smaller of two
/// children is added up from its rows; the histogram of its sibling is their parent's less those rows.
/// Where rows are few beside the bins of a histogram, they are listed on all ranks instead. Both give
/// the same integers, so the tree does not depend on which is chosen.
final class LevelSearch {
    private let settings: TreeSettings
    private let ranks: TreeRanks
    private let kernel: HistogramKernel
    private let search: SplitSearch
    private let totals: NodeTotals
    private let scratch: UnsafeMutablePointer<Int64>
    private let batch: NodeBatch
    private let pool: HistogramPool
    private let histogramSize: Int
    private let featureCount: Int
    private let featuresPerNode: Int
    private var draw: FeatureDraw

    private var splits: [Split?] = []
    private var kept: [UnsafeMutablePointer<Int64>?] = []
    /// Siblings whose histograms are made from others in the batch: place, parent's, smaller's node.
    private var derived: [(place: Int, histogram: UnsafeMutablePointer<Int64>, from: Int)] = []
    /// Whether each place of the level is to be split if possible.
    private var isWanted: [Bool] = []

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - rows: The training rows.
    ///   - weights: How often they count; outlives the search.
    ///   - settings: How the tree grows.
    ///   - key: From which features are drawn.
    ///   - entryCost: How many bins of a histogram cost as much as one code of a listed row.
    ///   - ranks: The ranks.
    init(
        _ rows: BinnedRows, weights: UnsafePointer<Int32>, _ settings: TreeSettings,
        key: RandomKey, entryCost: Int, ranks: TreeRanks
    ) {
        self.settings = settings
        self.ranks = ranks
        totals = NodeTotals(task: rows.task, unit: rows.unit)
        let width = totals.histogramWidth
        featureCount = rows.featureCount
        featuresPerNode = min(settings.maxFeatures ?? featureCount, featureCount)
        kernel = HistogramKernel(rows, weights: weights)
        scratch = .allocate(capacity: 2 * width)
        scratch.initialize(repeating: 0, count: 2 * width)
        batch = NodeBatch(
            rows, binWidth: width, featuresPerNode: featuresPerNode, entryCost: entryCost)
        search = SplitSearch(
            rows, settings, listed: ListedBins(totals, capacity: batch.longestList),
            scratch: scratch)
        histogramSize = rows.codeCount * width
        pool = HistogramPool(size: histogramSize)
        draw = FeatureDraw(featureCount: featureCount, key: key)
    }

    deinit { scratch.deallocate() }

    /// Finds the best splits.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - level: The nodes.
    ///   - wanted: The places of those that may be split.
    ///   - firstNode: The number of the first node in the tree.
    ///   - order: The rows of the nodes.
    ///   - keepsHistograms: Whether children will be searched.
    /// - Returns: The split of each place, nil for a leaf.
    /// - Throws: What the ranks' sum throws.
    func splits(
        of level: Level, _ wanted: [Int], firstNode: Int, order: RowOrder, keepsHistograms: Bool
    ) throws -> [Split?] {
        let nodeCount = level.rows.count
        splits = [Split?](repeating: nil, count: nodeCount)
        kept = [UnsafeMutablePointer<Int64>?](repeating: nil, count: nodeCount)
        if featuresPerNode == featureCount {
            try searchAll(level, wanted, order, keepsHistograms)
        } else {
            try searchDrawn(level, wanted, firstNode, order)
        }
        return splits
    }

    /// The histogram of a node whose split was found last, if it was kept.
    ///
    /// - Parameter place: The place of the node in its level.
    /// - Returns: The histogram, which goes back by being a parent's in the next level.
    func histogram(ofPlace place: Int) -> UnsafeMutablePointer<Int64>? { kept[place] }

    private func searchAll(
        _ level: Level, _ wanted: [Int], _ order: RowOrder, _ keeps: Bool
    ) throws {
        isWanted = [Bool](repeating: false, count: level.rows.count)
        for place in wanted { isWanted[place] = true }
        for first in stride(from: 0, to: level.rows.count, by: 2) {
            let parent = level.parents.isEmpty ? nil : level.parents[first / 2]
            let pair = (first..<min(first + 2, level.rows.count)).filter { isWanted[$0] }
            guard let parent else {
                for place in pair { try build(place, level, order, keeps) }
                continue
            }
            guard !pair.isEmpty else {
                pool.release(parent)
                continue
            }
            let smaller = count(first, level) <= count(first + 1, level) ? first : first + 1
            let larger = first + first + 1 - smaller
            if batch.lists(rowCount: count(larger, level)) {
                pool.release(parent)
                for place in pair { try build(place, level, order, keeps) }
            } else {
                try build(smaller, level, order, keeps)
                derived.append((larger, parent, batch.nodes.count - 1))
            }
        }
        try work(level, order, keeps)
    }

    /// Adds a node with all features to the batch.
    private func build(
        _ place: Int, _ level: Level, _ order: RowOrder, _ keeps: Bool
    ) throws {
        let rowCount = count(place, level)
        func add() -> Bool {
            batch.add(place: place, rowCount: rowCount, featureCount: featureCount) { features in
                for feature in 0..<featureCount { features[feature] = Int32(feature) }
            }
        }
        if !add() {
            try work(level, order, keeps)
            _ = add()
        }
    }

    private func count(_ place: Int, _ level: Level) -> Int {
        Int(totals.count(level.totals[place]))
    }

    /// Searches among drawn features; nodes in which none of them varies draw again.
    private func searchDrawn(
        _ level: Level, _ wanted: [Int], _ firstNode: Int, _ order: RowOrder
    ) throws {
        isWanted = [Bool](repeating: true, count: level.rows.count)
        var (pending, round) = (wanted, 0)
        while !pending.isEmpty && round < featureCount {
            let places = round..<min(round + featuresPerNode, featureCount)
            for place in pending {
                let rowCount = count(place, level)
                func add() -> Bool {
                    batch.add(place: place, rowCount: rowCount, featureCount: places.count) {
                        draw.draw(places, ofNode: firstNode + place, into: $0)
                    }
                }
                if !add() {
                    try work(level, order, false)
                    _ = add()
                }
            }
            try work(level, order, false)
            pending = pending.filter { splits[$0] == nil }
            round = places.upperBound
        }
    }

    /// Adds up the batch's histograms, searches in them, and empties the batch.
    private func work(_ level: Level, _ order: RowOrder, _ keeps: Bool) throws {
        try addRows(level, order)
        var nodes = batch.nodes
        for sibling in derived {
            let smaller = batch.nodes[sibling.from]
            switch smaller.content {
            case .histogram(let histogram):
                for index in 0..<histogramSize { sibling.histogram[index] &-= histogram[index] }
            case .list(let list): kernel.subtract(list, from: sibling.histogram, smaller.layout)
            }
            nodes.append(
                NodeBatch.Node(
                    place: sibling.place, content: .histogram(sibling.histogram),
                    layout: smaller.layout))
        }
        nodes.removeAll { !isWanted[$0.place] }
        try find(nodes, level)
        if keeps { keepHistograms(of: nodes) }
        for sibling in derived where kept[sibling.place] == nil { pool.release(sibling.histogram) }
        derived.removeAll(keepingCapacity: true)
        batch.clear()
    }

    /// Puts the rows of all ranks into the batch's histograms and lists.
    private func addRows(_ level: Level, _ order: RowOrder) throws {
        guard !batch.nodes.isEmpty else { return }
        let starts = try ranks.starts(
            of: batch.nodes.map { node in
                guard case .list = node.content else { return 0 }
                return level.rows[node.place].count
            })
        for (node, start) in zip(batch.nodes, starts) {
            let rows = order[level.rows[node.place]]
            switch node.content {
            case .histogram(let histogram): kernel.add(rows, to: histogram, node.layout)
            case .list(let list): kernel.write(rows, to: list, from: start, node.layout)
            }
        }
        if ranks.rankCount > 1 { try ranks.sum(batch.sums) }
    }

    /// Finds the splits of nodes: each rank those of some, which are then exchanged.
    private func find(_ nodes: [NodeBatch.Node], _ level: Level) throws {
        let width = Split.wordCount
        var words = [Int64](repeating: 0, count: nodes.count * width)
        for index in stride(from: ranks.rank, to: nodes.count, by: ranks.rankCount) {
            let node = nodes[index]
            let split = search.best(node.content, node.layout, node: level.totals[node.place])
            guard let split else { continue }
            for (offset, word) in split.words.enumerated() { words[index * width + offset] = word }
        }
        try ranks.sum(&words)
        for (index, node) in nodes.enumerated() {
            splits[node.place] = Split(words: words[index * width..<(index + 1) * width])
        }
    }

    private func keepHistograms(of nodes: [NodeBatch.Node]) {
        let siblings = Set(derived.map(\.place))
        for node in nodes where splits[node.place] != nil {
            guard case .histogram(let histogram) = node.content else { continue }
            kept[node.place] = siblings.contains(node.place) ? histogram : pool.keep(histogram)
        }
    }
}
