import Communication
import CommunicationChecks
import Testing

@Suite struct TreeReductionTests {
    /// Sums over threads, as bits.
    private func bits(
        _ method: ReductionMethod, leafCount: Int, rankCount: Int, elementCount: Int = 50
    ) throws -> [[UInt32]] {
        try ThreadCommunicator.run(rankCount: rankCount) { communicator in
            let reduction = TreeReduction(
                leafCount: leafCount, elementCount: elementCount, method: method,
                communicator: communicator)
            for leaf in reduction.leaves {
                wildFloats(leaf: leaf, step: 0, count: elementCount)
                    .withUnsafeBufferPointer { reduction.add($0) }
            }
            var result = [Float](repeating: .nan, count: elementCount)
            try result.withUnsafeMutableBufferPointer { try reduction.finish(into: $0) }
            return result.map(\.bitPattern)
        }
    }

    @Test(arguments: 1...17, 1...8) func bitsOfTheRecursion(leafCount: Int, rankCount: Int) throws {
        let expected = recursiveSum(0..<leafCount, step: 0, count: 50).map(\.bitPattern)
        for result in try bits(.tree, leafCount: leafCount, rankCount: rankCount) {
            #expect(result == expected)
        }
    }

    @Test func bitsOfAThousandLeaves() throws {
        let expected = recursiveSum(0..<1000, step: 0, count: 5).map(\.bitPattern)
        for rankCount in [1, 3, 7] {
            let results = try bits(
                .tree, leafCount: 1000, rankCount: rankCount, elementCount: 5)
            #expect(results.allSatisfy { $0 == expected })
        }
    }

    /// Shows that the comparison of bits can fail: another order gives others.
    @Test func numbersAreSensitiveToTheOrder() throws {
        #expect(
            try bits(.mpi, leafCount: 8, rankCount: 1) != bits(.tree, leafCount: 8, rankCount: 1))
    }

    @Test func anAbandonedStepLeavesNothingBehind() throws {
        let reduction = TreeReduction(
            leafCount: 3, elementCount: 2, communicator: SingleProcessCommunicator())
        reduction.reset()
        for leaf in [[5, 5], [7, 7]] as [[Float]] {
            leaf.withUnsafeBufferPointer { reduction.add($0) }
        }
        reduction.reset()
        for leaf in [[1, 2], [10, 20], [100, 200]] as [[Float]] {
            leaf.withUnsafeBufferPointer { reduction.add($0) }
        }
        var result: [Float] = [0, 0]
        try result.withUnsafeMutableBufferPointer { try reduction.finish(into: $0) }
        #expect(result == [111, 222])
    }
}
