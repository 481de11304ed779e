import VectorInterface

/// The pixels of a source that each pixel of a grid depends on in one direction: a run of taps.
///
/// Grid place g reads the source at step · g + first + increment · t for tap t.
struct Taps: Sendable {
    let count: Int
    let first: Int
    let increment: Int
}

/// A grid of pixels each of which depends on a rectangle of taps of a source image.
///
/// Forward, the grid is a convolution's output and the source its input; for image gradients it is
/// the input pixels of one phase of the stride, and the source is the output gradients.
struct PatchGrid: Sendable {
    let height: Int
    let width: Int
    let step: Int
    let rows: Taps
    let columns: Taps
    let sourceHeight: Int
    let sourceWidth: Int
    let channels: Int

    /// Floats of a patch: [row tap, column tap, channel].
    var patchCount: Int { rows.count * columns.count * channels }
    var pixelCount: Int { height * width }

    /// Writes the patches of some pixels as a matrix [pixel, patch] in panels.
    ///
    /// - Parameters:
    ///   - images: [batch, sourceHeight, sourceWidth, channel].
    ///   - pixels: Which pixels, numbered over the batch.
    ///   - panels: Where the matrix goes.
    ///   - panelStride: Floats from one panel to the next.
    ///   - patch: Memory for one patch, `patchCount` floats and 16 more.
    func gather(
        from images: UnsafePointer<Float>, pixels: Range<Int>,
        into panels: UnsafeMutablePointer<Float>, panelStride: Int,
        patch: UnsafeMutablePointer<Float>
    ) {
        let goesDirectly = channels.isMultiple(of: panelWidth)
        forEachPixel(pixels) { image, row, column, number in
            let source = images + image * sourceHeight * sourceWidth * channels
            let target = panels + number * panelWidth
            if goesDirectly {
                copyTaps(row, column, from: source) { tap, values in
                    Self.copy(
                        values, count: channels,
                        into: target + tap * (channels / panelWidth) * panelStride, panelStride)
                }
            } else {
                copyTaps(row, column, from: source) { tap, values in
                    let place = patch + tap * channels
                    for channel in 0..<channels { place[channel] = values?[channel] ?? 0 }
                }
                Self.copy(
                    UnsafePointer(patch), count: patchCount, into: target, panelStride)
            }
        }
    }

    /// Calls `body` for each pixel with its image, row, column and its number from the first.
    @inline(__always)
    private func forEachPixel(
        _ pixels: Range<Int>,
        _ body: (_ image: Int, _ row: Int, _ column: Int, _ number: Int) -> Void
    ) {
        var (image, inImage) = pixels.lowerBound.quotientAndRemainder(dividingBy: pixelCount)
        var (row, column) = inImage.quotientAndRemainder(dividingBy: width)
        for number in 0..<pixels.count {
            body(image, row, column, number)
            column += 1
            if column == width {
                (column, row) = (0, row + 1)
                if row == height { (row, image) = (0, image + 1) }
            }
        }
    }

    /// Calls `body` for each tap of a pixel with the tap's channels, or nil outside the source.
    @inline(__always)
    private func copyTaps(
        _ row: Int, _ column: Int, from source: UnsafePointer<Float>,
        _ body: (_ tap: Int, _ values: UnsafePointer<Float>?) -> Void
    ) {
        var tap = 0
        for rowTap in 0..<rows.count {
            let y = step * row + rows.first + rows.increment * rowTap
            let isInRow = y >= 0 && y < sourceHeight
            for columnTap in 0..<columns.count {
                let x = step * column + columns.first + columns.increment * columnTap
                let isInside = isInRow && x >= 0 && x < sourceWidth
                body(tap, isInside ? source + (y * sourceWidth + x) * channels : nil)
                tap += 1
            }
        }
    }

    /// Copies a run of floats, or zeros, into neighbouring panels; the last may get 15 floats more.
    @inline(__always)
    private static func copy(
        _ values: UnsafePointer<Float>?, count: Int, into target: UnsafeMutablePointer<Float>,
        _ panelStride: Int
    ) {
        var place = UnsafeMutableRawPointer(target)
        let stride = panelStride * MemoryLayout<Float>.stride
        for start in Swift.stride(from: 0, to: count, by: panelWidth) {
            let chunk =
                values.map {
                    UnsafeRawPointer($0 + start).loadUnaligned(as: SIMD16<Float>.self)
                } ?? SIMD16()
            place.storeBytes(of: chunk, as: SIMD16<Float>.self)
            place += stride
        }
    }
}
