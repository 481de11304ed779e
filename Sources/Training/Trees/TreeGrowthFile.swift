import Diagnostics
import Foundation
import Interchange
import Trees

/// The tree that is growing when a checkpoint is written, in the place of an optimizer's slots.
struct TreeGrowthFile {
    private static let growthName = "growth"
    /// How far the tree is.
    let growth: TreeGrowth

    /// Describes a growing tree.
    init(_ growth: TreeGrowth) { self.growth = growth }

    /// Writes a safetensors file: the arrays of the tree, and of the last level the first node and the
    /// depth.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    func write(to path: String) throws {
        let trees = growth.tree.nodeCount > 0 ? [growth.tree] : []
        let level = [Int64(growth.openStart), Int64(growth.depth)]
        try TreeTensors(trees).write(
            to: path, metadata: ["format": "pt"],
            others: [TensorValue(Self.growthName, shape: [2], integers: level)])
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - model: What the tree is for.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    init(contentsOf path: String, for model: TreeModel) throws {
        let trees = try TreeTensors(contentsOf: path).trees(
            outputCount: model.ensemble.outputCount, featureCount: model.ensemble.featureCount,
            file: path)
        guard let tree = trees.first else {
            growth = TreeGrowth(for: model.ensemble.task)
            return
        }
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        let level = try file.integers(named: Self.growthName)
        let nodes = 0...Int64(tree.nodeCount)
        guard level.count == 2, nodes.contains(level[0]), nodes.contains(level[1]),
            tree.features[Int(level[0])...].allSatisfy({ $0 < 0 })
        else {
            throw Failure(
                .badData, in: "\(path): tensor \(Self.growthName)",
                expected: "the first node of the last level, and its depth", found: "\(level)")
        }
        growth = TreeGrowth(resuming: tree, openStart: Int(level[0]), depth: Int(level[1]))
    }
}
