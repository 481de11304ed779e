import Communication
import Randomness
import Trees

/// A table to learn from.
struct Example {
    var features: [Float]
    let featureCount: Int
    let targets: TreeTargets

    /// Random numbers, a tenth of them missing, with classes or numbers that depend on some.
    static func random(
        rows: Int, featureCount: Int = 6, classCount: Int? = 3, seed: UInt64 = 1
    ) -> Example {
        let key = RandomKey(seed: seed)
        var features = (0..<rows * featureCount).map { key.derived("value").uniform(at: $0) }
        let numbers = (0..<rows).map { row in
            let line = features[row * featureCount..<(row + 1) * featureCount]
            let noise = key.derived("noise").uniform(at: row)
            return line[line.startIndex] * 3 + (line[line.startIndex + 1] > 0.4 ? 1 : 0) + noise
        }
        for index in features.indices where key.derived("missing").uniform(at: index) < 0.1 {
            features[index] = .nan
        }
        let targets: TreeTargets =
            if let classCount {
                .classes(
                    numbers.map { min(Int32($0 * Float(classCount) / 5), Int32(classCount - 1)) },
                    count: classCount)
            } else {
                .numbers(numbers)
            }
        return Example(features: features, featureCount: featureCount, targets: targets)
    }

    /// The rows as trees see them.
    func binned(binLimit: Int? = nil, _ ranks: TreeRanks = .single) throws -> BinnedRows {
        try features.withUnsafeBufferPointer { features in
            guard let base = features.baseAddress else { throw Empty() }
            return try BinnedRows(
                features: base, featureCount: featureCount, targets: targets, binLimit: binLimit,
                ranks: ranks)
        }
    }

    private struct Empty: Error {}

    /// A tree that has grown up.
    func tree(
        _ settings: TreeSettings, weights: RowWeights = .equal, binLimit: Int? = nil,
        entryCost: Int = 4, ranks: TreeRanks = .single
    ) throws -> DecisionTree {
        let rows = try binned(binLimit: binLimit, ranks)
        let grower = try TreeGrower(
            TreeGrowth(for: rows.task), rows: rows, settings: settings, weights: weights,
            key: RandomKey(seed: 5), entryCost: entryCost, ranks: ranks)
        while try grower.growLevel() {}
        return grower.growth.tree
    }
}

extension TreeEnsemble {
    /// The predictions for all rows of a table, [row, output].
    func predictions(_ features: [Float]) -> [Float] {
        let rows = features.count / featureCount
        var outputs = [Float](repeating: 0, count: rows * outputCount)
        for row in 0..<rows {
            let line = Array(features[row * featureCount..<(row + 1) * featureCount])
            var prediction = [Float](repeating: 0, count: outputCount)
            predict(line, into: &prediction)
            outputs.replaceSubrange(row * outputCount..<(row + 1) * outputCount, with: prediction)
        }
        return outputs
    }
}

extension Communicator {
    /// What trees need of a communicator.
    var treeRanks: TreeRanks {
        TreeRanks(rank: rank, rankCount: rankCount) { try self.sum($0) }
    }
}
