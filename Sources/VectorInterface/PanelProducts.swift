/// Products of matrices that lie in panels, built once for each instruction set.
///
/// A matrix [row, column] in panels is cut into panels of 16 columns; a panel holds its rows one
/// after the other, 16 floats each. What lies in the last panel beyond the last column takes part in
/// nothing and may hold anything. Nothing is packed or copied: whoever computes an operand writes it
/// in panels.
///
/// Every sum is taken in the order of the inner dimension, in float with fused multiply-adds where
/// the instruction set has them. Error: k·u·Σ|a||b| with u = 2⁻²⁴.
public protocol PanelProducts {
    /// C ← A · B for matrices in panels.
    ///
    /// - Parameters:
    ///   - a: A, [rows, k] in panels.
    ///   - aPanelStride: Floats from one panel of A to the next.
    ///   - b: B, [k, columns] in panels without gaps.
    ///   - c: C, [rows, columns] in panels.
    ///   - cPanelStride: Floats from one panel of C to the next.
    ///   - rows: Rows of A and C; panels have room for a multiple of 12, up to which rows behind the
    ///     last may be read and written.
    ///   - columns: Columns of B and C.
    ///   - k: Columns of A and rows of B.
    static func multiplyPanels(
        _ a: UnsafePointer<Float>, aPanelStride: Int, _ b: UnsafePointer<Float>,
        into c: UnsafeMutablePointer<Float>, cPanelStride: Int, rows: Int, columns: Int, k: Int)

    /// C ← Aᵀ · B + (accumulates ? C : 0) for matrices in panels.
    ///
    /// - Parameters:
    ///   - a: A, [k, rows] in panels.
    ///   - aPanelStride: Floats from one panel of A to the next.
    ///   - b: B, [k, columns] in panels.
    ///   - bPanelStride: Floats from one panel of B to the next.
    ///   - c: C, [rows, columns] in panels without gaps, with room for a multiple of 16 rows; rows
    ///     behind the last may be written.
    ///   - rows: Columns of A and rows of C.
    ///   - columns: Columns of B and C.
    ///   - k: Rows of A and B.
    ///   - accumulates: Whether the product is added to what C holds.
    static func multiplyTransposedPanels(
        _ a: UnsafePointer<Float>, aPanelStride: Int, _ b: UnsafePointer<Float>, bPanelStride: Int,
        into c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, k: Int, accumulates: Bool)

    /// C ← A · B, with the rows of A overlapping in memory.
    ///
    /// - Parameters:
    ///   - a: The first float of row 0 of A.
    ///   - window: Where the floats of each row of A lie.
    ///   - b: B, [window.runCount · window.runLength, columns] in panels without gaps.
    ///   - c: C, [rows, columns] in panels; up to the next multiple of 12 rows are read of A and
    ///     written.
    ///   - cPanelStride: Floats from one panel of C to the next.
    ///   - rows: Rows of A and C.
    ///   - columns: Columns of B and C.
    static func multiplySlidingPanels(
        _ a: UnsafePointer<Float>, _ window: SlidingWindow, _ b: UnsafePointer<Float>,
        into c: UnsafeMutablePointer<Float>, cPanelStride: Int, rows: Int, columns: Int)

    /// C ← Aᵀ · B + (accumulates ? C : 0), with the rows of A overlapping in memory.
    ///
    /// - Parameters:
    ///   - a: The first float of row 0 of A.
    ///   - window: Where the floats of each row of A lie.
    ///   - b: B, [k, columns] in panels.
    ///   - bPanelStride: Floats from one panel of B to the next.
    ///   - c: C, [window.runCount · window.runLength, columns] in panels without gaps.
    ///   - columns: Columns of B and C.
    ///   - k: Rows of A and B.
    ///   - accumulates: Whether the product is added to what C holds.
    static func multiplyTransposedSlidingPanels(
        _ a: UnsafePointer<Float>, _ window: SlidingWindow, _ b: UnsafePointer<Float>,
        bPanelStride: Int, into c: UnsafeMutablePointer<Float>, columns: Int, k: Int,
        accumulates: Bool)

    /// Brings rows of a matrix into panels.
    ///
    /// - Parameters:
    ///   - matrix: [rows, columns] with columns innermost and no gaps.
    ///   - rows: Its rows.
    ///   - columns: Its columns.
    ///   - panels: Where the first row of the first panel goes.
    ///   - panelStride: Floats from one panel to the next.
    static func packPanels(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int,
        into panels: UnsafeMutablePointer<Float>, panelStride: Int)

    /// y ← panels + bias + (accumulates ? y : 0), brought out of panels into rows.
    ///
    /// - Parameters:
    ///   - panels: [rows, columns] in panels.
    ///   - panelStride: Floats from one panel to the next.
    ///   - bias: [columns], or nil.
    ///   - y: Where the first row goes.
    ///   - rowStride: Floats from one row of y to the next.
    ///   - rows: The number of rows.
    ///   - columns: The number of columns.
    ///   - accumulates: Whether the values are added to what y holds.
    static func unpackPanels(
        _ panels: UnsafePointer<Float>, panelStride: Int, bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, rows: Int, columns: Int,
        accumulates: Bool)
}

/// The number of columns of a panel.
public let panelWidth = 16

/// The number of panels that hold some columns.
///
/// - Parameter columns: The number of columns.
/// - Returns: The number of panels.
@inlinable @inline(__always)
public func panelCount(_ columns: Int) -> Int { (columns + 15) / 16 }

/// Where the rows of a matrix lie whose rows overlap, such as the patches of an image.
public struct SlidingWindow: Sendable {
    /// Floats from the beginning of one row to that of the next.
    public let rowStride: Int
    /// The number of runs of neighbouring floats that a row consists of.
    public let runCount: Int
    /// Floats from one run to the next.
    public let runStride: Int
    /// Floats of a run.
    public let runLength: Int

    /// Describes a matrix.
    ///
    /// - Parameters:
    ///   - rowStride: Floats from the beginning of one row to that of the next.
    ///   - runCount: The number of runs of neighbouring floats that a row consists of.
    ///   - runStride: Floats from one run to the next.
    ///   - runLength: Floats of a run.
    public init(rowStride: Int, runCount: Int, runStride: Int, runLength: Int) {
        self.rowStride = rowStride
        self.runCount = runCount
        self.runStride = runStride
        self.runLength = runLength
    }
}
