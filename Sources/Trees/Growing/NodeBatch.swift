/// Nodes whose histograms or rows are summed over ranks in one message.
///
/// They are at most as many as its memory has room for, which bounds both memory and messages.
final class NodeBatch {
    /// Bytes of the memory, if one histogram takes no more.
    static let byteCount = 16 << 20
    private static let nodeLimit = 1024

    /// A node of the batch.
    struct Node {
        /// Its place in its level.
        let place: Int
        /// Its rows.
        let content: NodeContent
        /// The features that are searched.
        let layout: HistogramLayout
    }

    private let memory: UnsafeMutablePointer<Int64>
    private let capacity: Int
    private let features: UnsafeMutablePointer<Int32>
    private let starts: UnsafeMutablePointer<Int32>
    private let codeCounts: [Int32]
    private let codeCount: Int
    private let featuresPerNode: Int
    private let binWidth: Int
    private let entryCost: Int
    private var used = 0
    /// The nodes that were added.
    private(set) var nodes: [Node] = []

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - rows: Whose bins the histograms have.
    ///   - binWidth: Integers of a bin.
    ///   - featuresPerNode: The most features of a node.
    ///   - entryCost: How many bins of a histogram cost as much as one code of a listed row.
    init(_ rows: BinnedRows, binWidth: Int, featuresPerNode: Int, entryCost: Int) {
        codeCounts = rows.bins.map { Int32($0.codeCount) }
        codeCount = rows.codeCount
        self.binWidth = binWidth
        self.featuresPerNode = featuresPerNode
        self.entryCost = entryCost
        capacity = max(Self.byteCount / 8, codeCount * binWidth)
        memory = .allocate(capacity: capacity)
        features = .allocate(capacity: Self.nodeLimit * featuresPerNode)
        starts = .allocate(capacity: Self.nodeLimit * featuresPerNode)
    }

    deinit {
        memory.deallocate()
        features.deallocate()
        starts.deallocate()
    }

    /// The most rows of a list.
    var longestList: Int { Int(codeCounts.max() ?? 0) / entryCost }

    /// Whether a list of its rows costs less than a histogram of all features.
    func lists(rowCount: Int) -> Bool {
        lists(rowCount, codeCounts.count, codeCount)
    }

    private func lists(_ rowCount: Int, _ featureCount: Int, _ codeCount: Int) -> Bool {
        rowCount * featureCount <= codeCount / entryCost
    }

    /// Adds a node without rows, if there is room.
    ///
    /// - Parameters:
    ///   - place: Its place in its level.
    ///   - rowCount: How many rows of all ranks it will have at most.
    ///   - count: The number of features.
    ///   - fill: Writes the features.
    /// - Returns: Whether it was added; if not, the batch has to be worked on first.
    func add(
        place: Int, rowCount: Int, featureCount count: Int,
        _ fill: (UnsafeMutablePointer<Int32>) -> Void
    ) -> Bool {
        guard nodes.count < Self.nodeLimit else { return false }
        let chosen = features + nodes.count * featuresPerNode
        let begins = starts + nodes.count * featuresPerNode
        fill(chosen)
        var codeCount = 0
        for index in 0..<count {
            begins[index] = Int32(codeCount * binWidth)
            codeCount += Int(codeCounts[Int(chosen[index])])
        }
        let isListed = lists(rowCount, count, codeCount)
        let size = isListed ? rowCount * RowList.width(featureCount: count) : codeCount * binWidth
        guard used + size <= capacity else { return false }
        let base = memory + used
        base.update(repeating: 0, count: size)
        nodes.append(
            Node(
                place: place,
                content: isListed
                    ? .list(RowList(base: base, featureCount: count, capacity: rowCount))
                    : .histogram(base),
                layout: HistogramLayout(
                    features: UnsafeBufferPointer(start: chosen, count: count), starts: begins)))
        used += size
        return true
    }

    /// The integers of all nodes, one after the other.
    var sums: UnsafeMutableBufferPointer<Int64> {
        UnsafeMutableBufferPointer(start: memory, count: used)
    }

    /// Removes all nodes.
    func clear() {
        nodes.removeAll(keepingCapacity: true)
        used = 0
    }
}

/// What a search looks at.
enum NodeContent {
    /// The histogram of a node.
    case histogram(UnsafeMutablePointer<Int64>)
    /// The rows of a node that are few beside the bins of its histogram.
    case list(RowList)
}
