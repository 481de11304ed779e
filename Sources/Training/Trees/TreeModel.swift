import Crypto
import Diagnostics
import Foundation
import Interchange
import Trees

/// Trees that have learned, with what has to be known to use them.
public final class TreeModel: TrainedModel {
    /// What the model is.
    public let description: ModelDescription
    /// The trees.
    public private(set) var ensemble: TreeEnsemble

    /// A model without trees.
    ///
    /// - Parameter description: What the model is.
    init(_ description: ModelDescription) {
        self.description = description
        ensemble = TreeEnsemble(
            for: description.treeTask, featureCount: description.input.shape.count)
    }

    /// Adds a tree that has grown up.
    func append(_ tree: DecisionTree) { ensemble.append(tree) }

    /// The names of the features, in their order.
    public var featureNames: [String] {
        guard case .table(let encoder) = description.input else { return [] }
        return encoder.featureNames
    }

    /// All trees in words: after a line with its number each tree as `TreeText` writes it, then the
    /// importance of each feature that has one, the largest first.
    public var text: String {
        let names = featureNames
        let writer = TreeText(featureNames: names, classNames: description.classNames)
        let trees = ensemble.trees.enumerated().map { number, tree in
            "tree \(number + 1): \(tree.leafCount) leaves, depth \(tree.depth)\n"
                + writer.text(of: tree)
        }
        let importances = ensemble.importances()
        let order = importances.indices.filter { importances[$0] > 0 }
            .sorted { (-importances[$0], $0) < (-importances[$1], $1) }
        return trees.joined(separator: "\n") + "\nimportances\n"
            + order.map { "\(names[$0]): \(importances[$0])\n" }.joined()
    }

    /// Writes the trees in words.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    public func writeText(to path: String) throws {
        try DurableFiles.replace(path, with: Data(text.utf8))
    }

    /// The SHA-256 over all tensors in the order of their names: floats as little-endian float32,
    /// integers as little-endian int64.
    ///
    /// - Returns: 64 hexadecimal digits.
    public func sha256() -> String {
        var hash = SHA256()
        let tensors = TreeTensors(ensemble.trees)
        for name in TreeTensors.names {
            switch tensors.elements[name] {
            case .integers(let values):
                values.withUnsafeBytes { hash.update(bufferPointer: $0) }
            case .floats(let values): values.withUnsafeBytes { hash.update(bufferPointer: $0) }
            case nil: break
            }
        }
        return hash.finalize().hexadecimal
    }

    /// Writes a safetensors file.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    public func write(to path: String) throws {
        try TreeTensors(ensemble.trees).write(to: path, metadata: description.metadata())
    }

    /// Reads a safetensors file that `write(to:)` wrote.
    ///
    /// - Parameter path: The file.
    /// - Returns: The model.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    static func read(from path: String) throws -> TreeModel {
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        let model = TreeModel(try ModelDescription(metadata: file.metadata, path: path))
        try model.readTrees(from: path)
        guard !model.ensemble.trees.isEmpty else {
            throw Failure(
                .badData, in: path, expected: "trees", found: "none that has grown up",
                fix: "go on with the run by distrain train --resume")
        }
        return model
    }

    /// Adds the trees of a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    func readTrees(from path: String) throws {
        let trees = try TreeTensors(contentsOf: path).trees(
            outputCount: ensemble.outputCount, featureCount: ensemble.featureCount, file: path)
        for tree in trees { append(tree) }
    }

    /// How the trees compute outputs.
    ///
    /// - Returns: What computes them.
    public func makeInference() -> any Inference { TreeInference(self) }
}

extension ModelDescription {
    /// What trees of the model predict.
    var treeTask: TreeTask {
        classNames.isEmpty ? .regression : .classification(classCount: classNames.count)
    }
}
