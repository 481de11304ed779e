import Communication

/// The binary tree along which values of leaves, the microbatches, are added, whoever holds them.
///
/// A node of several leaves has its first ⌈n/2⌉ on its left, as the tree of `SlabReduction`.
struct LeafTree {
    /// The number of leaves, at least 1.
    let leafCount: Int

    /// The two halves of a node.
    static func halves(of node: Range<Int>) -> (left: Range<Int>, right: Range<Int>) {
        let middle = node.lowerBound + (node.count + 1) / 2
        return (node.lowerBound..<middle, middle..<node.upperBound)
    }

    /// The largest nodes all of whose leaves lie in a range, in ascending order.
    ///
    /// - Parameter range: Leaves in a row.
    /// - Returns: The nodes, about 2 log₂ of the number of leaves at most.
    func nodes(of range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        func visit(_ node: Range<Int>) {
            let part = node.clamped(to: range)
            if part.isEmpty { return }
            if part == node { return found.append(node) }
            let (left, right) = Self.halves(of: node)
            visit(left)
            visit(right)
        }
        visit(0..<leafCount)
        return found
    }

    /// Adds up vectors of all leaves below a node, without allocating.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - stack: Memory for `depth` vectors; the sum is in the first.
    ///   - count: The length of a vector.
    ///   - leaf: Writes the vector of a leaf; called for leaves in ascending order.
    func sum(
        _ node: Range<Int>, stack: UnsafeMutablePointer<Double>, count: Int,
        leaf: (Int, UnsafeMutablePointer<Double>) throws -> Void
    ) rethrows {
        guard node.count > 1 else { return try leaf(node.lowerBound, stack) }
        let (left, right) = Self.halves(of: node)
        try sum(left, stack: stack, count: count, leaf: leaf)
        try sum(right, stack: stack + count, count: count, leaf: leaf)
        for index in 0..<count { stack[index] += stack[count + index] }
    }

    /// Vectors that `sum` needs memory for.
    var depth: Int { 1 + Int.bitWidth - (leafCount - 1).leadingZeroBitCount }
}
