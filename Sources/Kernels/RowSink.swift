import VectorInterface

/// Where a kernel puts the rows of a matrix as it computes them, some at a time: memory, or a
/// computation that goes on with them while they are in the cache.
public protocol RowSink {
    /// Where some rows of the matrix go, one after the other without gaps.
    ///
    /// - Parameter range: Which rows; the kernel asks for them in order.
    /// - Returns: The first float of the first row, valid until `completed`.
    func place(for range: Range<Int>) -> UnsafeMutablePointer<Float>

    /// Tells that the kernel has written rows.
    ///
    /// - Parameter range: The rows that it asked a place for last.
    func completed(_ range: Range<Int>)
}

/// The rows of a matrix in memory, activated or with their moments taken on the way.
public struct StoredOutput: RowSink {
    private let base: UnsafeMutablePointer<Float>
    private let columns: Int
    private let activation: FusedActivation
    private let moments: ChannelMoments?

    /// Refers to a matrix.
    ///
    /// - Parameters:
    ///   - base: [row, column] with columns innermost and no gaps.
    ///   - columns: The number of columns.
    ///   - activation: Applied to each value.
    ///   - moments: Takes the sums over all rows, or nil.
    public init(
        _ base: UnsafeMutablePointer<Float>, columns: Int,
        activation: FusedActivation = .identity, moments: ChannelMoments? = nil
    ) {
        self.base = base
        self.columns = columns
        self.activation = activation
        self.moments = moments
    }

    /// The rows where they lie.
    public func place(for range: Range<Int>) -> UnsafeMutablePointer<Float> {
        base + range.lowerBound * columns
    }

    /// Applies the activation, then adds the rows to the moments.
    public func completed(_ range: Range<Int>) {
        if activation != .identity {
            let place = place(for: range)
            Vectors.kernels.activate(
                place, activation, into: place, count: range.count * columns)
        }
        moments?.add(base, rows: range)
    }
}
