/// The totals of several nodes: rows of integers, at first zeros, in one block that ranks sum.
final class TotalsTable {
    private let base: UnsafeMutablePointer<Int64>
    private let nodeCount: Int
    private let width: Int

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - nodeCount: The number of nodes.
    ///   - width: Integers of a node.
    init(nodeCount: Int, width: Int) {
        self.nodeCount = nodeCount
        self.width = width
        base = .allocate(capacity: nodeCount * width)
        base.initialize(repeating: 0, count: nodeCount * width)
    }

    deinit { base.deallocate() }

    /// The integers of a node.
    subscript(place: Int) -> UnsafeMutablePointer<Int64> { base + place * width }

    /// The integers of all nodes.
    var all: UnsafeMutableBufferPointer<Int64> {
        UnsafeMutableBufferPointer(start: base, count: nodeCount * width)
    }
}
