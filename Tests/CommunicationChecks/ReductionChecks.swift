import Communication
import Randomness

extension Check {
    static let reductions = [
        Check(name: "tree sums have the bits of the recursive sum") { communicator in
            for leafCount in 1...17 {
                try checkTreeSum(leafCount: leafCount, elementCount: 37, communicator)
            }
        },
        Check(name: "tree sums of several pieces") { communicator in
            try checkTreeSum(leafCount: 5, elementCount: 600_001, communicator)
        },
        Check(name: "tree sums of nothing") { communicator in
            try checkTreeSum(leafCount: 3, elementCount: 0, communicator)
        },
        Check(name: "sums by the library's reduction") { communicator in
            let reduction = TreeReduction(
                leafCount: 7, elementCount: 1000, method: .mpi, communicator: communicator)
            for leaf in reduction.leaves {
                (0..<1000).map { Float(leaf * $0) }.withUnsafeBufferPointer { reduction.add($0) }
            }
            var result = [Float](repeating: -1, count: 1000)
            try result.withUnsafeMutableBufferPointer { try reduction.finish(into: $0) }
            try expect(result, eachToBe: { Float(21 * $0) }, "sum", communicator)
        },
    ]
}

/// Compares two steps of a reduction, each with other numbers, with the plain recursion.
private func checkTreeSum(
    leafCount: Int, elementCount: Int, _ communicator: any Communicator
) throws {
    let reduction = TreeReduction(
        leafCount: leafCount, elementCount: elementCount, communicator: communicator)
    for step in 0..<2 {
        for leaf in reduction.leaves {
            wildFloats(leaf: leaf, step: step, count: elementCount)
                .withUnsafeBufferPointer { reduction.add($0) }
        }
        var result = [Float](repeating: -1, count: elementCount)
        try result.withUnsafeMutableBufferPointer { try reduction.finish(into: $0) }
        let expected = recursiveSum(0..<leafCount, step: step, count: elementCount)
        let bits = expected.map(\.bitPattern)
        try expect(
            result.map(\.bitPattern), eachToBe: { bits[$0] }, "bits of \(leafCount) leaves",
            communicator)
    }
}

/// Floats whose magnitudes differ so much that nearly every order of additions gives other bits.
///
/// - Parameters:
///   - leaf: Which leaf.
///   - step: Which step.
///   - count: How many.
/// - Returns: The same numbers on every rank.
public func wildFloats(leaf: Int, step: Int, count: Int) -> [Float] {
    let key = RandomKey(seed: 7).derived(step).derived(leaf)
    return (0..<count).map { index in
        let exponent = key.integer(below: 30, at: 2 * index) - 15
        return (key.uniform(at: 2 * index + 1) - 0.5)
            * Float(sign: .plus, exponent: exponent, significand: 1)
    }
}

/// The definition of the tree sum.
///
/// - Parameters:
///   - leaves: The node.
///   - step: Which step.
///   - count: The number of elements.
/// - Returns: The sum of the node's leaves.
public func recursiveSum(_ leaves: Range<Int>, step: Int, count: Int) -> [Float] {
    if leaves.count == 1 { return wildFloats(leaf: leaves.lowerBound, step: step, count: count) }
    let middle = leaves.lowerBound + (leaves.count + 1) / 2
    let left = recursiveSum(leaves.lowerBound..<middle, step: step, count: count)
    let right = recursiveSum(middle..<leaves.upperBound, step: step, count: count)
    return zip(left, right).map { $0 + $1 }
}
