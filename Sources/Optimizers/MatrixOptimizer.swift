/// An optimizer that moves the weights of hidden layers as whole matrices, and all other parameters
/// element by element.
///
/// A matrix cannot be cut as a slice can, so one rank moves it; `MatrixPlan` says which. The bits of
/// its step depend on the matrix alone.
public protocol MatrixOptimizer: Optimizer {
    /// The floats of scratch that the step of a matrix takes.
    ///
    /// - Parameter shape: The extents of the matrix.
    /// - Returns: The number of floats.
    func scratchCount(_ shape: MatrixShape) -> Int

    /// The multiplications that the step of a matrix takes, by which ranks share the matrices.
    ///
    /// - Parameter shape: The extents of the matrix.
    /// - Returns: Their number, without those that are few beside the others.
    func multiplicationCount(_ shape: MatrixShape) -> Int

    /// Updates a matrix and its slots in place; allocates nothing.
    ///
    /// - Parameters:
    ///   - matrix: The parameters, [rows, columns], with their gradients and slots.
    ///   - shape: The extents of the matrix.
    ///   - step: The number of this step, and what is the same for all parameters.
    ///   - scratch: `scratchCount(shape)` floats, of any value.
    func update(
        _ matrix: ParameterSlice, _ shape: MatrixShape, _ step: StepSettings,
        scratch: UnsafeMutablePointer<Float>)
}

/// The extents of a matrix that lies row after row.
public struct MatrixShape: Hashable, Sendable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int

    /// Creates the extents.
    ///
    /// - Parameters:
    ///   - rows: The number of rows, at least 1.
    ///   - columns: The number of columns, at least 1.
    public init(rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0, "a matrix of \(rows) rows, \(columns) columns")
        self.rows = rows
        self.columns = columns
    }

    /// The number of elements.
    public var count: Int { rows * columns }
    /// The smaller extent.
    public var shortSide: Int { min(rows, columns) }
    /// The larger extent.
    public var longSide: Int { max(rows, columns) }
}
