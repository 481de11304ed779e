/// x ↦ scale · x + shift, by channel.
public struct ChannelAffine {
    /// The factors, [channel].
    public let scale: UnsafePointer<Float>
    /// What is added, [channel].
    public let shift: UnsafePointer<Float>

    /// Refers to factors and shifts.
    ///
    /// - Parameters:
    ///   - scale: The factors, [channel].
    ///   - shift: What is added, [channel].
    public init(scale: UnsafePointer<Float>, shift: UnsafePointer<Float>) {
        self.scale = scale
        self.shift = shift
    }
}

/// What turns a gradient behind a batch normalisation into the one before it:
/// dx = scale · dz + slope · (x − mean) + offset, by channel.
public struct NormalizationSlopes {
    /// The factors of dz and the shift of the forward pass.
    public let affine: ChannelAffine
    /// The batch's mean, [channel].
    public let mean: UnsafePointer<Float>
    /// The factors of x − mean, [channel].
    public let slope: UnsafePointer<Float>
    /// What is added, [channel].
    public let offset: UnsafePointer<Float>

    /// Refers to factors and shifts.
    ///
    /// - Parameters:
    ///   - affine: The factors of dz and the shift of the forward pass.
    ///   - mean: The batch's mean, [channel].
    ///   - slope: The factors of x − mean, [channel].
    ///   - offset: What is added, [channel].
    public init(
        affine: ChannelAffine, mean: UnsafePointer<Float>, slope: UnsafePointer<Float>,
        offset: UnsafePointer<Float>
    ) {
        self.affine = affine
        self.mean = mean
        self.slope = slope
        self.offset = offset
    }
}

/// Two neighbouring rows of an image, [width, channel] each, and the windows of 2×2 pixels that a
/// max-pooling without overlap finds in them; a last odd column belongs to none.
public struct PooledRows: Sendable {
    /// Pixels of a row.
    public let width: Int
    /// Channels of a pixel.
    public let channels: Int
    /// Windows of the pair of rows.
    public var windowCount: Int { width / 2 }

    /// Describes a pair of rows.
    ///
    /// - Parameters:
    ///   - width: Pixels of a row.
    ///   - channels: Channels of a pixel.
    public init(width: Int, channels: Int) {
        self.width = width
        self.channels = channels
    }
}

/// Passes over activations that do the work of several layers at once, built once for each
/// instruction set.
///
/// Rounding errors are those of the passes that they stand for.
public protocol FusedKernels {
    /// y[w, c] ← the largest activation(affine(x)) in window w, and which of its pixels that is: 0
    /// and 1 in the top row, 2 and 3 in the bottom row, the first of several.
    ///
    /// - Parameters:
    ///   - top: The upper row, [width, channel].
    ///   - bottom: The lower row, [width, channel].
    ///   - rows: Their extents.
    ///   - affine: Applied to each value, or nil.
    ///   - activation: Applied to each value then.
    ///   - y: [window, channel].
    ///   - winners: [window, channel].
    static func pool(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>, _ rows: PooledRows,
        affine: ChannelAffine?, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, winners: UnsafeMutablePointer<UInt8>)

    /// Hands the gradient of each window to the pixel that was the largest, 0 to all others.
    ///
    /// - Parameters:
    ///   - dy: The windows' gradients, [window, channel].
    ///   - winners: Which pixel of each window was the largest.
    ///   - rows: The extents.
    ///   - top: The gradients of the upper row, [width, channel], overwritten.
    ///   - bottom: The gradients of the lower row, [width, channel], overwritten.
    static func unpool(
        _ dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>, _ rows: PooledRows,
        into top: UnsafeMutablePointer<Float>, _ bottom: UnsafeMutablePointer<Float>)

    /// The two sums of `normalizationGradientSums` for a batch normalisation that is followed by an
    /// activation and a max-pooling: both are added to what is there.
    ///
    /// - Parameters:
    ///   - top: The normalisation's input, upper row.
    ///   - bottom: The normalisation's input, lower row.
    ///   - dy: The windows' gradients, [window, channel].
    ///   - winners: Which pixel of each window was the largest.
    ///   - rows: The extents.
    ///   - affine: The normalisation.
    ///   - mean: The batch's mean, [channel].
    ///   - activation: The activation.
    ///   - sums: Σ dz, [channel].
    ///   - products: Σ dz · (x − mean), [channel].
    static func addPooledGradientSums(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>,
        outputGradient dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>,
        _ rows: PooledRows, affine: ChannelAffine, mean: UnsafePointer<Float>,
        _ activation: FusedActivation, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>)

    /// dx ← the gradient of such a normalisation's input.
    ///
    /// - Parameters:
    ///   - top: The normalisation's input, upper row.
    ///   - bottom: The normalisation's input, lower row.
    ///   - dy: The windows' gradients, [window, channel].
    ///   - winners: Which pixel of each window was the largest.
    ///   - rows: The extents.
    ///   - slopes: The normalisation and its gradient.
    ///   - activation: The activation.
    ///   - dxTop: The gradients of the upper row; may be `top` itself.
    ///   - dxBottom: The gradients of the lower row; may be `bottom` itself.
    static func pooledGradient(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>,
        outputGradient dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>,
        _ rows: PooledRows, _ slopes: NormalizationSlopes, _ activation: FusedActivation,
        into dxTop: UnsafeMutablePointer<Float>, _ dxBottom: UnsafeMutablePointer<Float>)

    /// y[r, c] ← activation(scale[c] · x[r, c] + shift[c] + skip[r, c]).
    static func normalize(
        _ x: UnsafePointer<Float>, adding skip: UnsafePointer<Float>, rows: Int, columns: Int,
        affine: ChannelAffine, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>)

    /// dz ← dy where y is positive, else 0, in the place of dy; with the two sums of
    /// `normalizationGradientSums`, overwritten.
    ///
    /// - Parameters:
    ///   - x: The normalisation's input, [row, column].
    ///   - y: The ReLU's output, [row, column].
    ///   - dy: The ReLU's output gradient, [row, column]; overwritten with that of its input.
    ///   - rows: The number of rows.
    ///   - columns: The number of columns.
    ///   - mean: The batch's mean, [column].
    ///   - sums: Σ dz, [column].
    ///   - products: Σ dz · (x − mean), [column].
    static func rectifiedGradientSums(
        _ x: UnsafePointer<Float>, output y: UnsafePointer<Float>,
        outputGradient dy: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        mean: UnsafePointer<Float>, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>)
}
