import Diagnostics
import Testing
import Trees

@Suite struct GrowthTests {
    private func classes(_ features: [Float], _ labels: [Int32]) -> Example {
        Example(
            features: features, featureCount: features.count / labels.count,
            targets: .classes(labels, count: 2))
    }

    private let gini = TreeSettings(criterion: .gini)

    @Test func exclusiveOrIsLearnedThoughNoFirstSplitHelps() throws {
        let tree = try classes([0, 0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0]).tree(gini)
        #expect(tree.depth == 2 && tree.leafCount == 4)
        #expect(tree.impurities.suffix(4).allSatisfy { $0 == 0 })
    }

    @Test func rowsThatCannotBeToldApartEndInOneLeaf() throws {
        let tree = try classes([1, 1, 1], [0, 1, 1]).tree(gini)
        #expect(tree.nodeCount == 1)
        #expect(tree.outputs == [Float(1) / 3, Float(2) / 3])
    }

    @Test func amongEqualSplitsTheFirstFeatureWins() throws {
        let tree = try classes([1, 1, 2, 2, 3, 3], [0, 0, 1]).tree(gini)
        #expect(tree.features[0] == 0 && tree.thresholds[0] == 2.5)
    }

    @Test func onlyMissingValuesTellClassesApart() throws {
        let example = classes([1, .nan, 1, .nan], [0, 1, 0, 1])
        let tree = try example.tree(gini)
        #expect(tree.thresholds[0] == .infinity && !tree.sendsMissingLeft[0])
        var ensemble = TreeEnsemble(for: .classification(classCount: 2), featureCount: 1)
        ensemble.append(tree)
        #expect(ensemble.predictions(example.features) == [1, 0, 0, 1, 1, 0, 0, 1])
    }

    @Test func missingValuesGoToTheLargerSideWhereTrainingHadNone() throws {
        let tree = try classes([1, 2, 3, 4, 5], [0, 0, 0, 1, 1]).tree(gini)
        #expect(tree.sendsMissingLeft[0])
        let mirrored = try classes([1, 2, 3, 4, 5], [0, 0, 1, 1, 1]).tree(gini)
        #expect(!mirrored.sendsMissingLeft[0])
    }

    @Test func infinitiesAndNeighbouringNumbersAreToldApart() throws {
        let next = Float(1).nextUp
        let features: [Float] = [-.infinity, -0.0, 0, 1, next, .infinity]
        let example = classes(features, [0, 1, 1, 0, 1, 0])
        var ensemble = TreeEnsemble(for: .classification(classCount: 2), featureCount: 1)
        ensemble.append(try example.tree(gini))
        let predictions = ensemble.predictions(features)
        #expect(predictions == [1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0])
    }

    @Test func limitsHold() throws {
        let example = Example.random(rows: 2000)
        let tree = try example.tree(
            TreeSettings(criterion: .gini, maxDepth: 6, minSamplesSplit: 50, minSamplesLeaf: 20))
        #expect(tree.depth == 6)
        for node in 0..<tree.nodeCount {
            #expect(tree.rowCounts[node] >= 20)
            #expect(tree.features[node] < 0 || tree.rowCounts[node] >= 50)
        }
    }

    @Test func drawnFeaturesThatDoNotVaryAreDrawnAgain() throws {
        // Of 40 features one varies; a tree that draws one for each node finds it.
        let labels = (0..<64).map { Int32($0 / 32) }
        let features = labels.flatMap { label in
            (0..<40).map { $0 == 17 ? Float(label) : 4 }
        }
        let tree = try classes(features, labels).tree(
            TreeSettings(criterion: .gini, maxFeatures: 1))
        #expect(tree.features == [17, -1, -1])
    }

    @Test func manyValuesShareBins() throws {
        // A step at a value that has half of the rows: it must be in a bin of its own.
        let features = (0..<6000).map { $0 < 3000 ? Float(0.25) : Float($0 - 3000) / 3000 }
        let example = classes(features, features.map { $0 == 0.25 ? 1 : 0 })
        let tree = try example.tree(gini, binLimit: 255)
        #expect(tree.leafCount == 3 && tree.impurities.suffix(2).allSatisfy { $0 == 0 })
    }

    @Test func everyValueOfASmallTableIsABorder() throws {
        let features = (0..<16_000).map { Float($0) }
        let example = classes(features, features.map { $0 < 9_999 ? 0 : 1 })
        #expect(try example.tree(gini).thresholds[0] == 9_998.5)
        #expect(try example.tree(gini, binLimit: 255).thresholds[0] != 9_998.5)
    }

    @Test func deepTreesFitEveryRow() throws {
        let example = Example.random(rows: 300, classCount: nil)
        var ensemble = TreeEnsemble(for: .regression, featureCount: 6)
        ensemble.append(try example.tree(TreeSettings(criterion: .squaredError)))
        guard case .numbers(let targets) = example.targets else { return }
        for (found, expected) in zip(ensemble.predictions(example.features), targets) {
            #expect(abs(found - expected) < 1e-6)
        }
    }

    @Test func targetsThatAreNoNumbersAreRefused() throws {
        let example = Example(features: [1, 2], featureCount: 1, targets: .numbers([1, .nan]))
        let failure = #expect(throws: Failure.self) { try example.binned() }
        #expect(failure?.exitCode == .badData && failure?.subject == "target of row 2")
        let classes = Example(features: [1], featureCount: 1, targets: .classes([2], count: 2))
        #expect(throws: Failure.self) { try classes.binned() }
    }
}
