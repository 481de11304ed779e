import Foundation
import Trees

/// How well a tree fits the rows from which it grew, as its leaves tell.
struct TreeFit {
    /// The mean loss of the rows: the logarithm of the probability of the row's class, or the squared
    /// error.
    let loss: Double
    /// The fraction of the rows whose class is the most frequent one in their leaf; 0 for numbers.
    let accuracy: Double

    /// Looks at the leaves of a tree.
    ///
    /// - Parameter tree: The tree; of numbers grown by the squared error.
    init(_ tree: DecisionTree) {
        var (loss, correct) = (0.0, 0.0)
        for node in 0..<tree.nodeCount where tree.features[node] < 0 {
            let rows = Double(tree.rowCounts[node])
            guard tree.outputCount > 1 else {
                loss += rows * Double(tree.impurities[node])
                continue
            }
            let shares = tree.outputs(of: node).map { Double($0) }
            loss -= rows * shares.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
            correct += rows * (shares.max() ?? 0)
        }
        let count = Double(tree.rowCounts[0])
        (self.loss, accuracy) = (loss / count, correct / count)
    }
}
