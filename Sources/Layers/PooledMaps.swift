import Kernels
import VectorInterface

/// Images whose windows of 2×2 pixels are pooled: which rows make pairs, and where a pair's windows
/// are.
///
/// Pixel rows are counted over the batch. A last odd row or column of an image belongs to no window.
struct PooledMaps {
    let height: Int
    let width: Int
    let channels: Int

    init(_ shape: FeatureShape) {
        height = shape.height
        width = shape.width
        channels = shape.channels
    }

    var pooledHeight: Int { height / 2 }
    var pooledWidth: Int { width / 2 }
    var rows: PooledRows { PooledRows(width: width, channels: channels) }
    /// Floats of a row of pixels.
    var rowCount: Int { width * channels }
    /// Floats of a row of windows.
    var windowRowCount: Int { pooledWidth * channels }

    /// Calls `pair` with the number of each pair's first row and of its row of windows, and `single`
    /// with that of each row without a partner.
    ///
    /// - Parameters:
    ///   - pixels: Whole rows, beginning with the first of a pair.
    ///   - pair: Takes the first row of a pair and the row of windows.
    ///   - single: Takes a row that belongs to no window.
    @inline(__always)
    func forEachPair(
        in pixels: Range<Int>, _ pair: (_ row: Int, _ windowRow: Int) -> Void,
        single: (_ row: Int) -> Void = { _ in }
    ) {
        var row = pixels.lowerBound / width
        let end = pixels.upperBound / width
        while row < end {
            let (image, inImage) = row.quotientAndRemainder(dividingBy: height)
            if inImage + 1 < height {
                pair(row, image * pooledHeight + inImage / 2)
                row += 2
            } else {
                single(row)
                row += 1
            }
        }
    }

    /// The windows of some pixels, counted over the batch.
    func windows(of pixels: Range<Int>) -> Range<Int> {
        windowRow(before: pixels.lowerBound / width) * pooledWidth..<windowRow(
            before: pixels.upperBound / width) * pooledWidth
    }

    private func windowRow(before row: Int) -> Int {
        let (image, inImage) = row.quotientAndRemainder(dividingBy: height)
        return image * pooledHeight + inImage / 2
    }

    /// The two sums of a batch normalisation whose output is activated and pooled.
    func addGradientSums(
        _ input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
        winners: UnsafePointer<UInt8>, imageCount: Int, _ values: ChannelValues,
        _ activation: FusedActivation, into sums: ChannelMoments
    ) {
        sums.sums.update(repeating: 0, count: channels)
        sums.squares.update(repeating: 0, count: channels)
        let vectors = Vectors.kernels
        forEachPair(in: 0..<imageCount * height * width) { row, windowRow in
            let top = input + row * rowCount
            vectors.addPooledGradientSums(
                top, top + rowCount, outputGradient: outputGradient + windowRow * windowRowCount,
                winners: winners + windowRow * windowRowCount, rows, affine: values.affine,
                mean: values.mean, activation, sums: sums.sums, products: sums.squares)
        }
    }
}
