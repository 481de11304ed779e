/// Nodes whose histograms are summed over ranks in one message.
///
/// They are at most as many as its memory has room for, which bounds both memory and messages.
final class HistogramBatch {
    /// Bytes of the memory, if one histogram takes no more.
    private static let byteCount = 16 << 20
    private static let nodeLimit = 1024

    /// A node of the batch.
    struct Node {
        /// Its place in its level.
        let place: Int
        /// Its histogram.
        let histogram: UnsafeMutablePointer<Int64>
        /// The features of the histogram.
        let layout: HistogramLayout
    }

    private let memory: UnsafeMutablePointer<Int64>
    private let capacity: Int
    private let features: UnsafeMutablePointer<Int32>
    private let starts: UnsafeMutablePointer<Int32>
    private let codeCounts: [Int32]
    private let featuresPerNode: Int
    private let binWidth: Int
    private var used = 0
    /// The nodes that were added.
    private(set) var nodes: [Node] = []

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - rows: Whose bins the histograms have.
    ///   - binWidth: Integers of a bin.
    ///   - featuresPerNode: The most features of a histogram.
    init(_ rows: BinnedRows, binWidth: Int, featuresPerNode: Int) {
        codeCounts = rows.bins.map { Int32($0.codeCount) }
        self.binWidth = binWidth
        self.featuresPerNode = featuresPerNode
        capacity = max(Self.byteCount / 8, rows.codeCount * binWidth)
        memory = .allocate(capacity: capacity)
        features = .allocate(capacity: Self.nodeLimit * featuresPerNode)
        starts = .allocate(capacity: Self.nodeLimit * featuresPerNode)
    }

    deinit {
        memory.deallocate()
        features.deallocate()
        starts.deallocate()
    }

    /// Adds a node with a histogram of zeros, if there is room.
    ///
    /// - Parameters:
    ///   - place: Its place in its level.
    ///   - count: The number of features.
    ///   - fill: Writes the features.
    /// - Returns: The node, or nil if the batch has to be worked on first.
    func add(
        place: Int, featureCount count: Int, _ fill: (UnsafeMutablePointer<Int32>) -> Void
    ) -> Node? {
        guard nodes.count < Self.nodeLimit else { return nil }
        let chosen = features + nodes.count * featuresPerNode
        let begins = starts + nodes.count * featuresPerNode
        fill(chosen)
        var size: Int32 = 0
        for index in 0..<count {
            begins[index] = size
            size += codeCounts[Int(chosen[index])] * Int32(binWidth)
        }
        guard used + Int(size) <= capacity else { return nil }
        let node = Node(
            place: place, histogram: memory + used,
            layout: HistogramLayout(
                features: UnsafeBufferPointer(start: chosen, count: count), starts: begins))
        node.histogram.update(repeating: 0, count: Int(size))
        nodes.append(node)
        used += Int(size)
        return node
    }

    /// The histograms of all nodes, one after the other.
    var sums: UnsafeMutableBufferPointer<Int64> {
        UnsafeMutableBufferPointer(start: memory, count: used)
    }

    /// Removes all nodes.
    func clear() {
        nodes.removeAll(keepingCapacity: true)
        used = 0
    }
}
