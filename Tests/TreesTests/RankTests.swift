import Communication
import Randomness
import Testing
import Trees

/// Neither ranks nor restarts change a bit of a tree.
@Suite struct RankTests {
    private static let bootstrap = RowWeights.bootstrap(RandomKey(seed: 9))
    private static let cases: [(Example, TreeSettings, RowWeights)] = [
        (.random(rows: 700), TreeSettings(criterion: .gini), .equal),
        (.random(rows: 701, classCount: 2), TreeSettings(criterion: .entropy, maxDepth: 5), .equal),
        (.random(rows: 500, classCount: nil), TreeSettings(criterion: .squaredError), .equal),
        (
            .random(rows: 500, classCount: nil),
            TreeSettings(criterion: .squaredError, minSamplesLeaf: 3, maxFeatures: 2), bootstrap
        ),
        (.random(rows: 600), TreeSettings(criterion: .gini, maxFeatures: 1), bootstrap),
        // Fewer rows than ranks.
        (.random(rows: 3), TreeSettings(criterion: .gini), .equal),
    ]

    @Test(arguments: cases.indices)
    func treesDoNotDependOnTheNumberOfRanks(index: Int) throws {
        let (example, settings, weights) = Self.cases[index]
        let alone = try example.tree(settings, weights: weights)
        for rankCount in 2...4 {
            let trees = try ThreadCommunicator.run(rankCount: rankCount) {
                try example.tree(settings, weights: weights, ranks: $0.treeRanks)
            }
            #expect(trees.allSatisfy { $0 == alone }, "\(rankCount) ranks")
        }
    }

    /// Without lists of rows, with the usual ones, and with more of them.
    @Test(arguments: cases.indices)
    func listedRowsGiveTheTreesOfHistograms(index: Int) throws {
        let (example, settings, weights) = Self.cases[index]
        let expected = try example.tree(settings, weights: weights, entryCost: .max)
        for entryCost in [1, 4] {
            let trees = try ThreadCommunicator.run(rankCount: 3) {
                try example.tree(
                    settings, weights: weights, entryCost: entryCost, ranks: $0.treeRanks)
            }
            #expect(trees.allSatisfy { $0 == expected }, "a code costs \(entryCost) bins")
        }
    }

    @Test(arguments: cases.indices)
    func treesGoOnFromEveryLevel(index: Int) throws {
        let (example, settings, weights) = Self.cases[index]
        let rows = try example.binned()
        func grower(_ growth: TreeGrowth) throws -> TreeGrower {
            try TreeGrower(
                growth, rows: rows, settings: settings, weights: weights,
                key: RandomKey(seed: 5), ranks: .single)
        }
        let whole = try example.tree(settings, weights: weights)
        var growth = TreeGrowth(for: rows.task)
        repeat {
            let next = try grower(growth)
            _ = try next.growLevel()
            growth = TreeGrowth(
                resuming: next.growth.tree, openStart: next.growth.openStart,
                depth: next.growth.depth)
        } while !growth.isComplete
        #expect(growth.tree == whole)
        #expect(whole.nodeCount > 2)
    }

    @Test func bootstrapsDrawAsManyRowsAsThereAre() throws {
        let example = Example.random(rows: 1000)
        let settings = TreeSettings(criterion: .gini, maxDepth: 1)
        let trees = try (0..<40).map { number in
            try example.tree(settings, weights: .bootstrap(RandomKey(seed: 3).derived(number)))
        }
        #expect(trees.allSatisfy { $0.rowCounts[0] == 1000 })
        #expect(Set(trees.map { $0.outputs }).count == trees.count)
        // The share of a class in a bootstrap is binomial: its mean is that of the rows.
        let whole = try example.tree(settings)
        let mean = trees.reduce(0) { $0 + Double($1.outputs[0]) } / 40
        let share = Double(whole.outputs[0])
        #expect(abs(mean - share) < 4 * (share * (1 - share) / 40_000).squareRoot())
    }
}
