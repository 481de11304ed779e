import Diagnostics
import Randomness
import Testing
import Trees

/// What was written is read again, and nothing else passes for a tree.
@Suite struct TensorTests {
    private let trees: [DecisionTree]

    init() throws {
        let example = Example.random(rows: 200)
        trees = try (0..<2).map {
            try example.tree(
                TreeSettings(criterion: .gini, maxFeatures: 3),
                weights: .bootstrap(RandomKey(seed: UInt64($0))))
        }
    }

    private func read(_ tensors: TreeTensors) throws -> [DecisionTree] {
        try tensors.trees(outputCount: 3, featureCount: 6, file: "trees")
    }

    @Test func treesComeBack() throws {
        let tensors = TreeTensors(trees)
        #expect(Set(tensors.elements.keys) == Set(TreeTensors.names))
        #expect(try read(tensors) == trees)
    }

    @Test func numbersWhoseVarianceIsBeyondFloatComeBack() throws {
        let example = Example(
            features: [1, 2, 3, 4], featureCount: 1, targets: .numbers([0, 1e20, 2e20, 3e20]))
        let tree = try example.tree(TreeSettings(criterion: .squaredError))
        #expect(tree.impurities[0] == .greatestFiniteMagnitude && tree.leafCount == 4)
        let read = try TreeTensors([tree]).trees(outputCount: 1, featureCount: 1, file: "trees")
        #expect(read == [tree])
    }

    @Test(arguments: TreeTensors.names)
    func missingAndShortArraysAreRefused(name: String) {
        var elements = TreeTensors(trees).elements
        elements[name] = nil
        #expect(throws: Failure.self) { try read(TreeTensors(elements)) }
        elements[name] = TreeTensors.areIntegers(name) ? .integers([1]) : .floats([1])
        #expect(throws: Failure.self) { try read(TreeTensors(elements)) }
        elements[name] = TreeTensors.areIntegers(name) ? .floats([1]) : .integers([1])
        #expect(throws: Failure.self) { try read(TreeTensors(elements)) }
    }

    /// Each defect: the array, the node of the first tree, and what is written there.
    @Test(arguments: [
        ("left", 0, 0), ("left", 0, 2), ("right", 0, 1), ("left", 1, 1 << 40), ("right", 0, -1),
        ("feature", 0, 6), ("feature", 0, -2), ("feature", 0, -1), ("rows", 0, 0),
        ("node_count", 0, 1), ("node_count", 0, 0), ("node_count", 1, -5),
        ("node_count", 0, Int(Int64.max)),
    ])
    func wrongNodesAreRefused(name: String, node: Int, value: Int) {
        let failure = #expect(throws: Failure.self) {
            try read(changed(name, at: node, to: Int64(value)))
        }
        #expect(failure?.exitCode == .badData)
    }

    @Test(arguments: ["threshold", "impurity", "value"])
    func numbersThatAreNoneAreRefused(name: String) {
        #expect(throws: Failure.self) { try read(changed(name, at: 3, to: .nan)) }
    }

    @Test func damageNeitherTrapsNorLoops() throws {
        let key = RandomKey(seed: 77)
        let example = Example.random(rows: 50, seed: 2)
        var refused = 0
        for round in 0..<2000 {
            let key = key.derived(round)
            let name = TreeTensors.names[key.integer(below: TreeTensors.names.count, at: 0)]
            guard TreeTensors.areIntegers(name) else { continue }
            let count = TreeTensors(trees).elements[name]?.count ?? 1
            let value = Int64(key.integer(below: 60, at: 1)) - 4
            let tensors = changed(name, at: key.integer(below: count, at: 2), to: value)
            guard let trees = try? read(tensors) else {
                refused += 1
                continue
            }
            var ensemble = TreeEnsemble(for: .classification(classCount: 3), featureCount: 6)
            for tree in trees { ensemble.append(tree) }
            #expect(ensemble.predictions(example.features).allSatisfy { (0...1).contains($0) })
        }
        #expect(refused > 500)
    }

    private func changed(_ name: String, at index: Int, to value: Int64) -> TreeTensors {
        var elements = TreeTensors(trees).elements
        if case .integers(var values) = elements[name] {
            values[index] = value
            elements[name] = .integers(values)
        }
        return TreeTensors(elements)
    }

    private func changed(_ name: String, at index: Int, to value: Float) -> TreeTensors {
        var elements = TreeTensors(trees).elements
        if case .floats(var values) = elements[name] {
            values[index] = value
            elements[name] = .floats(values)
        }
        return TreeTensors(elements)
    }

    @Test func textTellsBranchesAndLeaves() throws {
        let example = Example(
            features: [1, .nan, 3, 4], featureCount: 1,
            targets: .classes([0, 0, 1, 1], count: 2))
        let text = TreeText(featureNames: ["length"], classNames: ["short", "long"])
        let tree = try example.tree(TreeSettings(criterion: .gini))
        #expect(
            text.text(of: tree) == """
                |-- length <= 2.0 or missing
                |   |-- short (1.0 of 2 rows)
                |-- length > 2.0
                |   |-- long (1.0 of 2 rows)

                """)
    }
}
