/// The transforms of Winograd's F(4×4, 3×3), built once for each instruction set.
///
/// A tile is 4×4 outputs of a 3×3 convolution with stride 1; it depends on 6×6 inputs. With the
/// matrices A, B and G of the points 0, ±5/8, ±3/2, ∞, a tile's output is
/// Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A: 36 products where the direct way takes 144. Each of the 36 positions
/// has a plane of its own, a matrix in panels (see `PanelProducts`): [tile, channel] or
/// [inputChannel, outputChannel]; `planeStride` is the number of floats from one plane to the next,
/// and `panelStride` from one panel of a plane to the next.
///
/// The points are those with the smallest error of this size: half of that of 0, ±1, ±2, ∞.
///
/// Source: Winograd 1980; Lavin & Gray 2016; Barabasz et al. 2020 for the choice of points.
public protocol WinogradTransforms {
    /// V ← Bᵀ d B for one tile.
    ///
    /// - Parameters:
    ///   - pixels: Where each of the 6×6 input pixels' channels begin, row by row.
    ///   - channels: The number of input channels.
    ///   - planes: The tile's row of the first plane's first panel.
    ///   - planeStride: Floats from one plane to the next.
    ///   - panelStride: Floats from one panel to the next.
    static func transformInput(
        pixels: UnsafePointer<UnsafePointer<Float>>, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int, panelStride: Int)

    /// U ← G g Gᵀ for a panel of the filters of one input channel.
    ///
    /// - Parameters:
    ///   - filters: The first of the 3×3 rows of [outputChannel].
    ///   - filterStride: Floats from one of the 3×3 rows to the next.
    ///   - channels: The number of output channels, at most those of a panel.
    ///   - planes: The input channel's row in a panel of the first plane.
    ///   - planeStride: Floats from one plane to the next.
    static func transformFilters(
        _ filters: UnsafePointer<Float>, filterStride: Int, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int)

    /// y ← Aᵀ M A + bias for one tile.
    ///
    /// - Parameters:
    ///   - planes: The tile's row of the first plane's first panel.
    ///   - planeStride: Floats from one plane to the next.
    ///   - panelStride: Floats from one panel to the next.
    ///   - channels: The number of output channels.
    ///   - bias: [channels], or nil.
    ///   - pixels: Where the tile's first output pixel's channels begin.
    ///   - rowStride: Floats from one row of output pixels to the next.
    ///   - rows: Rows of the tile that lie in the output, 1 to 4.
    ///   - columns: Columns of the tile that lie in the output, 1 to 4.
    static func transformOutput(
        _ planes: UnsafePointer<Float>, planeStride: Int, panelStride: Int, channels: Int,
        bias: UnsafePointer<Float>?, into pixels: UnsafeMutablePointer<Float>, rowStride: Int,
        rows: Int, columns: Int)

    /// dM ← A dy Aᵀ for one tile, the transpose of `transformOutput`.
    ///
    /// - Parameters:
    ///   - pixels: Where the tile's first output gradient's channels begin.
    ///   - rowStride: Floats from one row of output pixels to the next.
    ///   - rows: Rows of the tile that lie in the output, 1 to 4.
    ///   - columns: Columns of the tile that lie in the output, 1 to 4.
    ///   - channels: The number of output channels.
    ///   - planes: The tile's row of the first plane's first panel.
    ///   - planeStride: Floats from one plane to the next.
    ///   - panelStride: Floats from one panel to the next.
    static func transformOutputGradient(
        _ pixels: UnsafePointer<Float>, rowStride: Int, rows: Int, columns: Int, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int, panelStride: Int)

    /// dx ← dx + B dV Bᵀ for one tile, the transpose of `transformInput`.
    ///
    /// - Parameters:
    ///   - planes: The tile's row of the first plane's first panel.
    ///   - planeStride: Floats from one plane to the next.
    ///   - panelStride: Floats from one panel to the next.
    ///   - channels: The number of input channels.
    ///   - pixels: Where each of the 6×6 input gradients' channels begin, row by row.
    static func addInputGradient(
        _ planes: UnsafePointer<Float>, planeStride: Int, panelStride: Int, channels: Int,
        into pixels: UnsafePointer<UnsafeMutablePointer<Float>>)

    /// dg ← Gᵀ dU G for a panel of the filters of one input channel, the transpose of `transformFilters`.
    ///
    /// - Parameters:
    ///   - planes: The input channel's row in a panel of the first plane.
    ///   - planeStride: Floats from one plane to the next.
    ///   - channels: The number of output channels, at most those of a panel.
    ///   - filters: The first of the 3×3 rows of [outputChannel].
    ///   - filterStride: Floats from one of the 3×3 rows to the next.
    static func transformFilterGradient(
        _ planes: UnsafePointer<Float>, planeStride: Int, channels: Int,
        into filters: UnsafeMutablePointer<Float>, filterStride: Int)
}
