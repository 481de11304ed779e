import Communication
import Testing

@Suite struct BalancedPartitionTests {
    @Test func partsAreContiguousAndBalanced() {
        for count in 0...40 {
            for parts in 1...12 {
                let ranges = (0..<parts).map {
                    BalancedPartition.range(of: $0, outOf: parts, count: count)
                }
                #expect(ranges.flatMap { Array($0) } == Array(0..<count))
                let sizes = ranges.map(\.count)
                #expect(sizes == sizes.sorted(by: >))
                #expect((sizes.first ?? 0) - (sizes.last ?? 0) <= 1)
                for (part, range) in ranges.enumerated() {
                    for thing in range {
                        #expect(
                            BalancedPartition.part(of: thing, outOf: parts, count: count) == part)
                    }
                }
            }
        }
    }

    @Test func examples() {
        #expect(BalancedPartition.range(of: 0, outOf: 3, count: 8) == 0..<3)
        #expect(BalancedPartition.range(of: 1, outOf: 3, count: 8) == 3..<6)
        #expect(BalancedPartition.range(of: 2, outOf: 3, count: 8) == 6..<8)
        #expect(BalancedPartition.range(of: 3, outOf: 4, count: 2).isEmpty)
    }
}
