import VectorInterface

/// A convolution of stride 1 of images with few channels, such as a network's first layer.
///
/// Within a row of an image the patches of neighbouring pixels overlap: patch p + 1 begins one pixel
/// behind patch p. Products read them where they are, in a copy of the image with its padding. Rows
/// run on into the padding behind them, which costs a few products whose results nobody reads.
struct SlidingConvolution: Sendable {
    let shape: ConvolutionShape
    /// Output rows that are computed at a time.
    private let rowsPerBlock: Int

    /// With more channels gathering the patches costs little beside the products.
    static func canCompute(_ shape: ConvolutionShape) -> Bool {
        shape.stride == 1 && shape.inputChannels <= 8 && shape.patchCount > shape.inputChannels
    }

    init(_ shape: ConvolutionShape) {
        self.shape = shape
        // Pairs of rows, so that poolings find their windows whole.
        let pair = 2 * (shape.inputWidth + 2 * shape.padding)
        let rows = 2 * max(1, Self.blockCount / (pair * shape.outputChannels))
        rowsPerBlock = min(rows, (shape.outputHeight + 1) / 2 * 2)
    }

    /// Floats of a block of results that stay in the second cache.
    private static let blockCount = 1 << 15

    private var outputs: Int { shape.outputChannels }
    private var paddedWidth: Int { shape.inputWidth + 2 * shape.padding }
    private var paddedHeight: Int { shape.inputHeight + 2 * shape.padding }
    private var rowCapacity: Int { (rowsPerBlock * paddedWidth + 11) / 12 * 12 }
    private var panelStride: Int { rowCapacity * panelWidth }
    private var filterPanelStride: Int { shape.patchCount * panelWidth }

    private var window: SlidingWindow {
        SlidingWindow(
            rowStride: shape.inputChannels, runCount: shape.kernelHeight,
            runStride: paddedWidth * shape.inputChannels,
            runLength: shape.kernelWidth * shape.inputChannels)
    }

    /// The image, and what the rows behind the last one reach into.
    private var paddedCount: Int {
        (paddedHeight * paddedWidth + 12 + shape.kernelWidth + paddedWidth) * shape.inputChannels
    }
    private var resultCount: Int { panelCount(outputs) * panelStride }

    var blockPixelCount: Int { rowsPerBlock * shape.outputWidth }
    var scratchCount: Int { paddedCount + resultCount + panelCount(outputs) * filterPanelStride }

    func forward(
        _ images: UnsafePointer<Float>, batch: Int, preparedFilters prepared: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, into sink: some RowSink,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let results = scratch + paddedCount
        let vectors = Vectors.kernels
        clear(scratch)
        forEachBlock(of: batch, images, padded: scratch) { source, rows, firstPixel in
            vectors.multiplySlidingPanels(
                source, window, prepared, into: results, cPanelStride: panelStride,
                rows: rows * paddedWidth, columns: outputs)
            let pixels = firstPixel..<firstPixel + rows * shape.outputWidth
            let place = sink.place(for: pixels)
            for row in 0..<rows {
                vectors.unpackPanels(
                    results + row * paddedWidth * panelWidth, panelStride: panelStride,
                    bias: bias, into: place + row * shape.outputWidth * outputs,
                    rowStride: outputs, rows: shape.outputWidth, columns: outputs,
                    accumulates: false)
            }
            sink.completed(pixels)
        }
    }

    func filterGradients(
        _ images: UnsafePointer<Float>, outputGradients: some RowSource, batch: Int,
        into gradients: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let packed = scratch + paddedCount
        let sums = packed + resultCount
        let vectors = Vectors.kernels
        clear(scratch)
        // Rows of the padding have no gradient.
        packed.update(repeating: 0, count: resultCount)
        var accumulates = false
        forEachBlock(of: batch, images, padded: scratch) { source, rows, firstPixel in
            let values = outputGradients.rows(firstPixel..<firstPixel + rows * shape.outputWidth)
            for row in 0..<rows {
                vectors.packPanels(
                    values + row * shape.outputWidth * outputs, rows: shape.outputWidth,
                    columns: outputs, into: packed + row * paddedWidth * panelWidth,
                    panelStride: panelStride)
            }
            vectors.multiplyTransposedSlidingPanels(
                source, window, packed, bPanelStride: panelStride, into: sums, columns: outputs,
                k: rows * paddedWidth, accumulates: accumulates)
            accumulates = true
        }
        vectors.unpackPanels(
            sums, panelStride: filterPanelStride, bias: nil, into: gradients,
            rowStride: outputs, rows: shape.patchCount, columns: outputs, accumulates: false)
    }

    /// The padding stays zero; what lies behind the image only has to be finite.
    private func clear(_ padded: UnsafeMutablePointer<Float>) {
        padded.update(repeating: 0, count: paddedCount)
    }

    /// Calls `body` for each block of output rows with the first patch of the first row, the number
    /// of rows, and the number of the first output pixel over the batch.
    @inline(__always)
    private func forEachBlock(
        of batch: Int, _ images: UnsafePointer<Float>, padded: UnsafeMutablePointer<Float>,
        _ body: (_ source: UnsafePointer<Float>, _ rows: Int, _ firstPixel: Int) -> Void
    ) {
        let rowCount = shape.inputWidth * shape.inputChannels
        let paddedRowCount = paddedWidth * shape.inputChannels
        for image in 0..<batch {
            let source = images + image * shape.inputCount
            let inner = padded + shape.padding * (paddedRowCount + shape.inputChannels)
            for row in 0..<shape.inputHeight {
                (inner + row * paddedRowCount)
                    .update(from: source + row * rowCount, count: rowCount)
            }
            for first in stride(from: 0, to: shape.outputHeight, by: rowsPerBlock) {
                body(
                    UnsafePointer(padded) + first * paddedRowCount,
                    min(rowsPerBlock, shape.outputHeight - first),
                    image * shape.outputPixelCount + first * shape.outputWidth)
            }
        }
    }
}
