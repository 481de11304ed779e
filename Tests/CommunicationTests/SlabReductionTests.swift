import Communication
import CommunicationChecks
import Testing

@Suite struct SlabReductionTests {
    /// Sums over threads, as bits.
    private func bits(
        _ method: ReductionMethod, leafCount: Int, hosts: [Int], elementCount: Int = 50
    ) throws -> [[UInt32]] {
        try ThreadCommunicator.run(hosts: hosts) { communicator in
            let team = try HostTeam(
                communicator, sharesMemory: method == .tree, sharedFloatCounts: [],
                memberFloatCounts: SlabReduction.memberFloatCounts(
                    leafCounts: [leafCount], elementCount: elementCount, rankCount: hosts.count,
                    method: method),
                flagCount: SlabReduction.flagCount(elementCount: elementCount))
            let reduction = SlabReduction(
                leafCounts: [leafCount], elementCount: elementCount, method: method, team: team)
            reduction.begin(leafCount: leafCount)
            for leaf in reduction.leaves {
                let values = wildFloats(leaf: leaf, step: 0, count: elementCount)
                reduction.leaf.update(from: values, count: elementCount)
                reduction.endLeaf()
            }
            try reduction.complete { _ in }
            try team.meet("sum")
            let sum = UnsafeBufferPointer(start: reduction.sum, count: elementCount)
            let bits = sum.map(\.bitPattern)
            try communicator.barrier()
            return bits
        }
    }

    @Test(arguments: 1...17, 1...8) func bitsOfTheRecursion(leafCount: Int, rankCount: Int) throws {
        let expected = recursiveSum(0..<leafCount, step: 0, count: 50).map(\.bitPattern)
        let hosts = Array(repeating: 0, count: rankCount)
        for result in try bits(.tree, leafCount: leafCount, hosts: hosts) {
            #expect(result == expected)
        }
    }

    @Test(arguments: [
        [0, 1], [0, 0, 1], [0, 1, 1], [0, 1, 0], [1, 0, 0, 1, 2], [0, 0, 0, 1, 1, 2, 2, 2],
        [0, 1, 2, 0, 1, 2, 0],
    ])
    func bitsOnSeveralHosts(hosts: [Int]) throws {
        for leafCount in [1, 2, 3, 5, 8, 13, 16] {
            let expected = recursiveSum(0..<leafCount, step: 0, count: 9000).map(\.bitPattern)
            for result in try bits(.tree, leafCount: leafCount, hosts: hosts, elementCount: 9000) {
                #expect(result == expected)
            }
        }
    }

    @Test func bitsOfAThousandLeaves() throws {
        let expected = recursiveSum(0..<1000, step: 0, count: 5).map(\.bitPattern)
        for rankCount in [1, 3, 7] {
            let results = try bits(
                .tree, leafCount: 1000, hosts: Array(repeating: 0, count: rankCount),
                elementCount: 5)
            #expect(results.allSatisfy { $0 == expected })
        }
    }

    /// Shows that the comparison of bits can fail: another order gives others.
    @Test func numbersAreSensitiveToTheOrder() throws {
        #expect(
            try bits(.mpi, leafCount: 8, hosts: [0]) != bits(.tree, leafCount: 8, hosts: [0]))
    }

    /// However a slab is divided, each element belongs to one member of each team.
    @Test(arguments: [[0], [0, 0, 0], [0, 1], [0, 0, 1], [0, 1, 1, 2]])
    func partsOfMembersCoverTheSlab(hosts: [Int]) throws {
        let elementCount = 1_500_000
        let owned = try ThreadCommunicator.run(hosts: hosts) { communicator in
            let team = try HostTeam(
                communicator, sharedFloatCounts: [], memberFloatCounts: [elementCount],
                flagCount: SlabReduction.flagCount(elementCount: elementCount))
            let reduction = SlabReduction(
                leafCounts: [1], elementCount: elementCount, team: team)
            return (host: team.index, ranges: reduction.ownRanges)
        }
        for host in Set(hosts) {
            let ranges = owned.filter { $0.host == host }.flatMap(\.ranges)
                .sorted { $0.lowerBound < $1.lowerBound }
            #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == elementCount)
            for (range, next) in zip(ranges, ranges.dropFirst()) {
                #expect(range.upperBound == next.lowerBound)
            }
            for range in ranges {
                #expect(range.lowerBound.isMultiple(of: SlabReduction.blockLength))
            }
        }
    }
}
