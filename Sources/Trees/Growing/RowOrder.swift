/// This rank's rows, ordered by the nodes in which they are.
final class RowOrder {
    private let rows: UnsafeMutableBufferPointer<Int32>
    private let scratch: UnsafeMutablePointer<Int32>

    /// Takes rows in the order of their nodes; rows of a node keep their order.
    ///
    /// - Parameters:
    ///   - nodes: The node of each row, or −1 for a row that is not needed.
    ///   - nodeCount: The number of nodes.
    /// - Returns: The order, and where the rows of each node are in it.
    static func grouped(by nodes: [Int32], nodeCount: Int) -> (RowOrder, [Range<Int>]) {
        var starts = [Int](repeating: 0, count: nodeCount + 1)
        for node in nodes where node >= 0 { starts[Int(node) + 1] += 1 }
        for node in 0..<nodeCount { starts[node + 1] += starts[node] }
        let order = RowOrder(capacity: starts[nodeCount])
        var places = starts
        for (row, node) in nodes.enumerated() where node >= 0 {
            order.rows[places[Int(node)]] = Int32(row)
            places[Int(node)] += 1
        }
        return (order, (0..<nodeCount).map { starts[$0]..<starts[$0 + 1] })
    }

    private init(capacity: Int) {
        rows = .allocate(capacity: capacity)
        scratch = .allocate(capacity: capacity)
    }

    deinit {
        rows.deallocate()
        scratch.deallocate()
    }

    /// The rows at some places.
    subscript(range: Range<Int>) -> UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(rebasing: rows[range])
    }

    /// Brings the rows of a node that go left before those that go right; both keep their order.
    ///
    /// - Parameters:
    ///   - range: The places of the node's rows.
    ///   - codes: The code of the split's feature of row 0.
    ///   - stride: From there to that of the next row.
    ///   - split: The split.
    ///   - missing: The code of a missing value.
    /// - Returns: The place at which those that go right begin.
    func divide(
        _ range: Range<Int>, codes: UnsafePointer<UInt16>, stride: Int, by split: Split,
        missing: Int
    ) -> Int {
        var (left, right) = (range.lowerBound, 0)
        for place in range {
            let row = rows[place]
            let code = Int(codes[Int(row) &* stride])
            // Both are written and one is kept, since nothing is harder to foretell than this.
            let goesLeft = code == missing ? split.sendsMissingLeft : code <= split.bin
            rows[left] = row
            scratch[right] = row
            left &+= goesLeft ? 1 : 0
            right &+= goesLeft ? 0 : 1
        }
        for index in 0..<right { rows[left + index] = scratch[index] }
        return left
    }
}
