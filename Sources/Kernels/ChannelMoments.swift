import VectorInterface

/// The sums over rows that a mean and a variance come from, taken block by block while the rows are
/// still in the cache.
///
/// Values are shifted by the first row, so that nothing cancels.
public struct ChannelMoments {
    /// Σ (x[r, c] − x[0, c]), [columns].
    public let sums: UnsafeMutablePointer<Double>
    /// Σ (x[r, c] − x[0, c])², [columns].
    public let squares: UnsafeMutablePointer<Double>
    private let columns: Int

    /// Doubles of memory for the moments of some columns.
    ///
    /// - Parameter columns: The number of columns.
    /// - Returns: The number of doubles.
    public static func count(columns: Int) -> Int { 2 * columns }

    /// Refers to memory.
    ///
    /// - Parameters:
    ///   - memory: `count(columns:)` doubles.
    ///   - columns: The number of columns.
    public init(_ memory: UnsafeMutablePointer<Double>, columns: Int) {
        sums = memory
        squares = memory + columns
        self.columns = columns
    }

    /// Adds rows of a matrix, beginning anew with row 0.
    ///
    /// - Parameters:
    ///   - matrix: [row, columns], of which row 0 has been computed.
    ///   - rows: Which rows.
    public func add(_ matrix: UnsafePointer<Float>, rows: Range<Int>) {
        if rows.lowerBound == 0 {
            sums.update(repeating: 0, count: columns)
            squares.update(repeating: 0, count: columns)
        }
        Vectors.kernels.addShiftedMoments(
            of: matrix + rows.lowerBound * columns, pivot: matrix, rows: rows.count,
            columns: columns, sums: sums, squares: squares)
    }
}
