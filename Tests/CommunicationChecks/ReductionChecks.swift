import Communication
import Randomness

extension Check {
    static let reductions =
        [true, false].flatMap { sharesMemory in
            [
                Check(name: "tree sums have the bits of the recursive sum, \(sharesMemory)") {
                    for leafCount in 1...17 {
                        try checkTreeSum(
                            leafCounts: [leafCount], elementCount: 37, sharesMemory, $0)
                    }
                },
                Check(name: "tree sums of steps with other numbers of leaves, \(sharesMemory)") {
                    try checkTreeSum(
                        leafCounts: [7, 2, 7, 1, 3], elementCount: 20_001, sharesMemory, $0)
                },
                Check(name: "tree sums of several buckets, \(sharesMemory)") {
                    try checkTreeSum(
                        leafCounts: [5, 4], elementCount: 540_001, sharesMemory, $0)
                },
                Check(name: "tree sums of nothing, \(sharesMemory)") {
                    try checkTreeSum(leafCounts: [3], elementCount: 0, sharesMemory, $0)
                },
            ]
        } + [Check(name: "sums by the library's reduction", body: checkLibrarySum)]
}

private func checkLibrarySum(_ communicator: any Communicator) throws {
    for leafCount in [7, 1] {
        let (reduction, _) = try makeReduction(
            leafCounts: [leafCount], elementCount: 1000, method: .mpi, sharesMemory: false,
            communicator)
        reduction.begin(leafCount: leafCount)
        for leaf in reduction.leaves {
            for index in 0..<1000 { reduction.leaf[index] = Float((leaf + 1) * index) }
            reduction.endLeaf()
        }
        try reduction.complete { _ in }
        let sum = Array(UnsafeBufferPointer(start: reduction.sum, count: 1000))
        let factor = leafCount * (leafCount + 1) / 2
        try expect(sum, eachToBe: { Float(factor * $0) }, "sum", communicator)
    }
}

private func makeReduction(
    leafCounts: [Int], elementCount: Int, method: ReductionMethod, sharesMemory: Bool,
    _ communicator: any Communicator
) throws -> (SlabReduction, HostTeam) {
    let team = try HostTeam(
        communicator, sharesMemory: sharesMemory, sharedFloatCounts: [elementCount],
        memberFloatCounts: SlabReduction.memberFloatCounts(
            leafCounts: leafCounts, elementCount: elementCount,
            rankCount: communicator.rankCount, method: method),
        flagCount: SlabReduction.flagCount(elementCount: elementCount))
    return (
        SlabReduction(
            leafCounts: leafCounts, elementCount: elementCount, method: method, team: team), team
    )
}

/// Compares steps of a reduction, each with other numbers, with the plain recursion: the sum, and
/// what members make of their own parts of it.
private func checkTreeSum(
    leafCounts: [Int], elementCount: Int, _ sharesMemory: Bool, _ communicator: any Communicator
) throws {
    let (reduction, team) = try makeReduction(
        leafCounts: leafCounts, elementCount: elementCount, method: .tree,
        sharesMemory: sharesMemory, communicator)
    let copy = team.takeShared(elementCount)
    for (step, leafCount) in leafCounts.enumerated() {
        reduction.begin(leafCount: leafCount)
        for leaf in reduction.leaves {
            writeLeaf(leaf, step: step, of: reduction)
        }
        try reduction.complete { range in
            for index in range { copy[index] = -reduction.sum[index] }
        }
        try team.meet("sum")
        let expected = recursiveSum(0..<leafCount, step: step, count: elementCount)
        for (found, sign) in [(reduction.sum, FloatingPointSign.plus), (copy, .minus)] {
            let bits = UnsafeBufferPointer(start: found, count: elementCount).map(\.bitPattern)
            try expect(
                bits, eachToBe: { (sign == .minus ? -expected[$0] : expected[$0]).bitPattern },
                "bits of \(leafCount) leaves in step \(step)", communicator)
        }
        try team.meet("end of step")
    }
}

/// Writes a leaf from its end to its beginning, as a backward pass does.
private func writeLeaf(_ leaf: Int, step: Int, of reduction: SlabReduction) {
    let values = wildFloats(leaf: leaf, step: step, count: reduction.elementCount)
    var end = values.count
    while end > 0 {
        let begin = max(0, end - values.count / 5 - 1)
        for index in begin..<end { reduction.leaf[index] = values[index] }
        reduction.advance(to: begin)
        end = begin
    }
    reduction.endLeaf()
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
