import Kernels
import Trees

/// The fingerprints of a tree's tensors, as the ledger holds them after each level.
enum TreeFingerprints {
    /// The names of the tensors, of each node of the tree, in the order of their fingerprints.
    static let tensorNames = [
        "feature", "impurity", "left", "missing_left", "right", "rows", "threshold", "value",
    ]

    /// Hashes a tree.
    ///
    /// - Parameter tree: The tree, grown up or not.
    /// - Returns: One fingerprint for each of `tensorNames`.
    static func values(of tree: DecisionTree) -> [UInt32] {
        [
            fingerprint(tree.features), fingerprint(tree.impurities), fingerprint(tree.left),
            fingerprint(tree.sendsMissingLeft.map { $0 ? 1 : 0 as Int32 }),
            fingerprint(tree.right), fingerprint(tree.rowCounts), fingerprint(tree.thresholds),
            fingerprint(tree.outputs),
        ]
    }

    /// Hashes the bits of numbers of 32 or 64 bits.
    private static func fingerprint<Number: BitwiseCopyable>(_ numbers: [Number]) -> UInt32 {
        numbers.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: Float.self) { words in
                guard let base = words.baseAddress else { return 0 }
                let hash = Vectors.kernels.hashBits(of: base, count: words.count)
                return UInt32(truncatingIfNeeded: FingerprintPlan.fold(hash, into: 0))
            }
        }
    }
}
