import Foundation
import Testing
import Trees

/// The trees of scikit-learn: see Reference/write_reference.py.
private struct Reference: Decodable {
    struct Case: Decodable {
        let table: String
        let criterion: TreeCriterion
        let feature: [Int32]
        let threshold: [Double]
        let missingLeft: [Bool]
        let rows: [Int64]
        let impurity: [Double]
        let value: [[Double]]
        let importances: [Double]
    }

    let complete: [Float]
    let missing: [Float?]
    let labels: [Int32]
    let targets: [Float]
    let cases: [Case]

    init() throws {
        let url = try #require(Bundle.module.url(forResource: "trees", withExtension: "json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Reference.self, from: Data(contentsOf: url))
    }

    func example(_ reference: Case) -> Example {
        Example(
            features: reference.table == "complete" ? complete : missing.map { $0 ?? .nan },
            featureCount: 5,
            targets: reference.criterion.isForClasses
                ? .classes(labels, count: 3) : .numbers(targets))
    }
}

@Suite struct ReferenceTreeTests {
    private let reference: Reference

    init() throws { reference = try Reference() }

    private let settings = { (criterion: TreeCriterion) in
        TreeSettings(
            criterion: criterion, maxDepth: 4, minSamplesSplit: 24, minSamplesLeaf: 9)
    }

    @Test(arguments: 0..<6)
    func everyNodeIsThatOfScikitLearn(index: Int) throws {
        let expected = reference.cases[index]
        let tree = try reference.example(expected).tree(settings(expected.criterion))
        let order = preorder(of: tree)
        try #require(order.map { tree.features[$0] } == expected.feature)
        #expect(order.map { tree.rowCounts[$0] } == expected.rows)
        for (node, place) in zip(order, 0...) {
            let name = "node \(place) of \(expected.table), \(expected.criterion)"
            if tree.features[node] >= 0 {
                #expect(tree.sendsMissingLeft[node] == expected.missingLeft[place], "\(name)")
                let threshold = min(Double(tree.thresholds[node]), 3e38)
                #expect(isClose(threshold, expected.threshold[place], 1e-6), "\(name)")
            }
            #expect(isClose(Double(tree.impurities[node]), expected.impurity[place], 1e-6))
            let outputs = tree.outputs[node * tree.outputCount..<(node + 1) * tree.outputCount]
            for (output, value) in zip(outputs, expected.value[place]) {
                #expect(isClose(Double(output), value, 1e-6), "\(name)")
            }
        }
    }

    @Test(arguments: 0..<6)
    func importancesAreThoseOfScikitLearn(index: Int) throws {
        let expected = reference.cases[index]
        let tree = try reference.example(expected).tree(settings(expected.criterion))
        let task: TreeTask =
            expected.criterion.isForClasses ? .classification(classCount: 3) : .regression
        var ensemble = TreeEnsemble(for: task, featureCount: 5)
        ensemble.append(tree)
        for (found, expected) in zip(ensemble.importances(), expected.importances) {
            #expect(isClose(found, expected, 1e-5))
        }
    }

    private func isClose(_ found: Double, _ expected: Double, _ tolerance: Double) -> Bool {
        abs(found - expected) <= tolerance * max(1, abs(expected))
    }

    /// The nodes in the order in which scikit-learn numbers them.
    private func preorder(of tree: DecisionTree) -> [Int] {
        var (order, stack) = ([Int](), [0])
        while let node = stack.popLast() {
            order.append(node)
            guard tree.features[node] >= 0 else { continue }
            stack += [Int(tree.right[node]), Int(tree.left[node])]
        }
        return order
    }
}
