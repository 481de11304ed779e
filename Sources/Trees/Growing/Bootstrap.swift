import Randomness

/// How often each row counts for a tree.
public enum RowWeights: Hashable, Sendable {
    /// Once.
    case equal
    /// As often as it is drawn, in as many draws with replacement as there are rows.
    ///
    /// The draws are exactly multinomial, and the same on every rank: draw number i is a function of
    /// the key and i.
    case bootstrap(RandomKey)

    /// The weights of some of the rows.
    ///
    /// - Parameters:
    ///   - rowCount: The number of rows of all ranks.
    ///   - own: Which rows' weights are wanted.
    /// - Returns: One weight a row.
    func weights(rowCount: Int, own: Range<Int>) -> [Int32] {
        guard case .bootstrap(let key) = self else {
            return [Int32](repeating: 1, count: own.count)
        }
        var weights = [Int32](repeating: 0, count: own.count)
        weights.withUnsafeMutableBufferPointer { weights in
            for draw in 0..<rowCount {
                let place = key.integer(below: rowCount, at: draw) - own.lowerBound
                if weights.indices.contains(place) { weights[place] += 1 }
            }
        }
        return weights
    }
}
