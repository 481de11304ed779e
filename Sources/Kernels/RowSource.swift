import VectorInterface

/// Where a kernel takes the rows of a matrix from, some at a time: memory, or a computation that
/// makes them when they are asked for, so that they never leave the cache.
public protocol RowSource {
    /// Some rows of the matrix, one after the other without gaps.
    ///
    /// - Parameter range: Which rows.
    /// - Returns: The first float of the first row, valid until the next call.
    func rows(_ range: Range<Int>) -> UnsafePointer<Float>
}

/// The rows of a matrix that lies in memory.
public struct StoredRows: RowSource {
    private let base: UnsafePointer<Float>
    private let columns: Int

    /// Refers to a matrix.
    ///
    /// - Parameters:
    ///   - base: [row, column] with columns innermost and no gaps.
    ///   - columns: The number of columns.
    public init(_ base: UnsafePointer<Float>, columns: Int) {
        self.base = base
        self.columns = columns
    }

    /// The rows where they lie.
    public func rows(_ range: Range<Int>) -> UnsafePointer<Float> {
        base + range.lowerBound * columns
    }
}
