import Randomness

/// A network takes the features of a row as they lie, whatever the epoch.
extension EncodedTable: InputSource {
    /// The number of rows.
    public var count: Int { rowCount }
    /// The number of features.
    public var elementCount: Int { featureCount }

    /// Copies rows.
    public func makeReader() -> any InputReader { EncodedTableReader(table: self) }
}

/// Copies rows of features.
private struct EncodedTableReader: InputReader {
    let table: EncodedTable

    mutating func read(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>) {
        output.update(from: table.features(at: index), count: table.featureCount)
    }

    func deallocate() {}
}
