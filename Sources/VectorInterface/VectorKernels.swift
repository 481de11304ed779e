/// The activation that a kernel applies to the values that it has just computed.
public enum FusedActivation: Sendable, Hashable {
    /// The values as they are.
    case identity
    /// max(x, 0).
    case relu
    /// x · Φ(x) with Φ the normal distribution function.
    ///
    /// Source: Hendrycks & Gimpel 2016, the exact form.
    case gelu
}

/// The loops over contiguous floats that are built once for each instruction set.
///
/// A matrix is [row, column] with columns innermost and no gaps; for activations a row is a pixel
/// and a column a channel. Buffers need no alignment. Every sum is taken in one fixed order, so the
/// same instruction set gives the same bits, whatever else runs.
///
/// Rounding errors are stated against exact arithmetic on the same inputs, with u = 2⁻²⁴.
public protocol VectorKernels: FusedKernels, PanelProducts, WinogradTransforms, Sendable {
    // MARK: Element by element

    /// y ← activation(x); x and y may be the same buffer. Error: none for ReLU; for GELU
    /// 2e-6·max(1, |y|).
    static func activate(
        _ x: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, count: Int)

    /// dx ← dy · activation'(x), with x the activation's input; dy and dx may be the same buffer.
    static func activationGradient(
        at x: UnsafePointer<Float>, _ activation: FusedActivation,
        outputGradient dy: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>, count: Int)

    /// y ← activation(a + b).
    static func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, count: Int)

    /// y ← y + x.
    static func accumulate(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int)

    /// y ← factor · x.
    static func scale(
        _ x: UnsafePointer<Float>, by factor: Float, into y: UnsafeMutablePointer<Float>,
        count: Int)

    /// y ← a · b, element by element.
    static func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int)

    // MARK: Rows and columns

    /// target[c, r] ← matrix[r, c].
    ///
    /// - Parameters:
    ///   - matrix: [rows, columns], rows `rowStride` floats apart.
    ///   - rows: Rows of the matrix.
    ///   - columns: Columns of the matrix.
    ///   - rowStride: Floats from one row of the matrix to the next.
    ///   - target: [columns, rows], rows `targetStride` floats apart; must not overlap the matrix.
    ///   - targetStride: Floats from one row of the target to the next.
    static func transpose(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int,
        into target: UnsafeMutablePointer<Float>, targetStride: Int)

    /// matrix ← activation(matrix + bias), the bias [columns] added to every row.
    static func addBias(
        _ bias: UnsafePointer<Float>, _ activation: FusedActivation,
        to matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int)

    /// sums[c] ← (accumulates ? sums[c] : 0) + Σ over rows of matrix[r, c].
    ///
    /// Error: (rows/256 + 256)·u·Σ|x|.
    static func sumRows(
        of matrix: UnsafePointer<Float>, rows: Int, columns: Int, accumulates: Bool,
        into sums: UnsafeMutablePointer<Float>)

    // MARK: Batch normalisation

    /// Sums over rows of a matrix, shifted by a pivot so that nothing cancels:
    /// sums[c] ← sums[c] + Σ (x[r, c] − pivot[c]), squares[c] ← squares[c] + Σ (x[r, c] − pivot[c])².
    ///
    /// Rows are added in float by blocks of 64 and the blocks in double.
    static func addShiftedMoments(
        of matrix: UnsafePointer<Float>, pivot: UnsafePointer<Float>, rows: Int, columns: Int,
        sums: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>)

    /// y[r, c] ← activation(scale[c] · x[r, c] + shift[c]); x and y may be the same buffer.
    static func normalize(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int, scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>)

    /// The two sums that batch normalisation's backward pass needs.
    ///
    /// With z = scale · x + shift and dz = dy · activation'(z):
    /// sums[c] ← Σ dz[r, c] and products[c] ← Σ dz[r, c] · (x[r, c] − mean[c]).
    static func normalizationGradientSums(
        _ x: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>, rows: Int, columns: Int,
        scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, mean: UnsafePointer<Float>,
        _ activation: FusedActivation, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>)

    /// dx[r, c] ← scale[c] · dz[r, c] + slope[c] · (x[r, c] − mean[c]) + offset[c], with dz as in
    /// `normalizationGradientSums`; dy and dx may be the same buffer.
    static func normalizationGradient(
        _ x: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>, rows: Int, columns: Int,
        scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, mean: UnsafePointer<Float>,
        slope: UnsafePointer<Float>, offset: UnsafePointer<Float>, _ activation: FusedActivation,
        into dx: UnsafeMutablePointer<Float>)

    // MARK: Pooling

    /// y[c] ← the largest of x[k, c] over the window's pixels k, whose offsets are in floats.
    static func windowMaximum(
        _ x: UnsafePointer<Float>, offsets: UnsafePointer<Int>, offsetCount: Int, channels: Int,
        into y: UnsafeMutablePointer<Float>)

    /// dx[k, c] ← (accumulates ? dx[k, c] : 0) + dy[c] for the first pixel k of the window with
    /// x[k, c] = y[c], and + 0 for the others.
    static func windowMaximumGradient(
        _ x: UnsafePointer<Float>, y: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>,
        offsets: UnsafePointer<Int>, offsetCount: Int, channels: Int, accumulates: Bool,
        into dx: UnsafeMutablePointer<Float>)

    // MARK: Losses

    /// probabilities[r, c] ← exp(x[r, c] − max_c x[r, c]) / Σ_c …, and
    /// logNormalizers[r] ← log Σ_c exp(x[r, c]). Error: 1e-6·max(1, |value|).
    static func softmax(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int,
        into probabilities: UnsafeMutablePointer<Float>,
        logNormalizers: UnsafeMutablePointer<Float>)

    // MARK: Fingerprints

    /// A 64-bit hash over the bits of floats, of the same value in each instruction set.
    ///
    /// A change within one float always changes it, any other change but for one in about 2³². It
    /// finds accidents; it does not withstand somebody who looks for two contents of one hash.
    static func hashBits(of x: UnsafePointer<Float>, count: Int) -> UInt64
}
