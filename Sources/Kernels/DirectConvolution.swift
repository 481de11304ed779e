import VectorInterface

/// A two-dimensional convolution by matrix products over blocks of patches.
///
/// Never more than one block of patches exists. Patches and filters lie in panels as the products
/// read them (see `PanelProducts`). The gradient of the images is gathered as well, never scattered:
/// with a stride s the input pixels fall into s² phases, each of which depends on some of the taps.
///
/// Error: patchCount · 2⁻²⁴ · Σ|image||filter| for each output.
public struct DirectConvolution: Sendable {
    /// What is convolved with what.
    public let shape: ConvolutionShape
    /// Output pixels whose patches are gathered at a time.
    private let pixelsPerBlock: Int
    /// Those patches where they need not be gathered.
    private let sliding: SlidingConvolution?

    /// Creates a convolution of a shape.
    ///
    /// - Parameter shape: What is convolved with what.
    public init(_ shape: ConvolutionShape) {
        self.shape = shape
        let taps = shape.kernelHeight * shape.kernelWidth
        let patch = taps * max(shape.inputChannels, shape.outputChannels)
        // Pairs of rows, so that poolings find their windows whole; with an odd height the last row
        // of an image has no partner, and only whole images begin alike.
        let unit =
            shape.outputHeight.isMultiple(of: 2)
            ? 2 * shape.outputWidth : shape.outputHeight * shape.outputWidth
        let most = max(48, min(192, Self.blockCount / patch))
        pixelsPerBlock = unit * max(1, most / unit)
        sliding = SlidingConvolution.canCompute(shape) ? SlidingConvolution(shape) : nil
    }

    /// Floats of a block of patches that stay in the second cache.
    private static let blockCount = 1 << 16

    private var inputs: Int { shape.inputChannels }
    private var outputs: Int { shape.outputChannels }
    private var taps: Int { shape.kernelHeight * shape.kernelWidth }
    /// Rows of a block's matrices: products take 12 at a time.
    private var rowCapacity: Int { (pixelsPerBlock + 11) / 12 * 12 }
    private var panelStride: Int { rowCapacity * panelWidth }
    private var forwardFilterCount: Int { panelCount(outputs) * panelWidth * shape.patchCount }

    /// Floats that `prepareFilters` writes.
    public var preparedFilterCount: Int {
        forwardFilterCount + panelCount(inputs) * panelWidth * taps * outputs
    }

    private var patchBlockCount: Int {
        panelCount(max(shape.patchCount, taps * outputs)) * panelStride
    }
    private var resultBlockCount: Int { panelCount(max(inputs, outputs)) * panelStride }
    private var filterGradientCount: Int {
        panelCount(outputs) * panelCount(shape.patchCount) * panelWidth * panelWidth
    }

    /// The most output pixels that a pass asks a sink or source for at a time.
    public var blockPixelCount: Int { sliding?.blockPixelCount ?? pixelsPerBlock }

    /// Floats of scratch memory that each of the passes needs.
    public var scratchCount: Int {
        max(
            patchBlockCount + resultBlockCount + max(shape.patchCount, taps * outputs)
                + panelWidth + filterGradientCount,
            sliding?.scratchCount ?? 0)
    }

    /// Brings the filters into the orders in which the passes read them, for as many passes as they
    /// do not change.
    ///
    /// - Parameters:
    ///   - filters: [kernelHeight, kernelWidth, inputChannel, outputChannel].
    ///   - prepared: `preparedFilterCount` floats.
    public func prepareFilters(
        _ filters: UnsafePointer<Float>, into prepared: UnsafeMutablePointer<Float>
    ) {
        Vectors.kernels.packPanels(
            filters, rows: shape.patchCount, columns: outputs, into: prepared,
            panelStride: shape.patchCount * panelWidth)
        var phaseFilters = prepared + forwardFilterCount
        forEachPhase { phase in
            packTransposed(filters, phase, into: phaseFilters)
            phaseFilters += phase.tapCount * outputs * panelCount(inputs) * panelWidth
        }
    }

    /// [tap of the phase, outputChannel, inputChannel], the input channels in panels.
    private func packTransposed(
        _ filters: UnsafePointer<Float>, _ phase: Phase, into panels: UnsafeMutablePointer<Float>
    ) {
        let rows = phase.tapCount * outputs
        var tap = 0
        for kernelRow in phase.kernelRows {
            for kernelColumn in phase.kernelColumns {
                let source =
                    filters + (kernelRow * shape.kernelWidth + kernelColumn) * inputs * outputs
                for input in 0..<inputs {
                    let target =
                        panels + (input / panelWidth) * rows * panelWidth + input % panelWidth
                        + tap * outputs * panelWidth
                    for output in 0..<outputs {
                        target[output * panelWidth] = source[input * outputs + output]
                    }
                }
                tap += 1
            }
        }
    }

    /// Computes the outputs.
    ///
    /// - Parameters:
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - batch: The number of images.
    ///   - prepared: What `prepareFilters` wrote.
    ///   - bias: [outputChannel], or nil.
    ///   - sink: Takes the outputs, [batch · outputHeight · outputWidth, outputChannel], in whole pairs
    ///     of rows, or whole images if their height is odd.
    ///   - scratch: `scratchCount` floats.
    public func forward(
        _ images: UnsafePointer<Float>, batch: Int, preparedFilters prepared: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, into sink: some RowSink, scratch: UnsafeMutablePointer<Float>
    ) {
        if let sliding {
            sliding.forward(
                images, batch: batch, preparedFilters: prepared, bias: bias,
                into: sink, scratch: scratch)
            return
        }
        let block = Block(self, scratch)
        let grid = outputGrid
        forEachBlock(of: batch * grid.pixelCount) { pixels in
            multiplyPatches(of: images, grid, pixels, prepared, columns: outputs, block)
            Vectors.kernels.unpackPanels(
                block.results, panelStride: panelStride, bias: bias,
                into: sink.place(for: pixels), rowStride: outputs, rows: pixels.count,
                columns: outputs, accumulates: false)
            sink.completed(pixels)
        }
    }

    /// Computes the gradient with respect to the filters, summed over the batch.
    ///
    /// - Parameters:
    ///   - images: The forward pass's input.
    ///   - outputGradients: [batch · outputHeight · outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - gradients: [kernelHeight, kernelWidth, inputChannel, outputChannel], overwritten.
    ///   - scratch: `scratchCount` floats.
    public func filterGradients(
        _ images: UnsafePointer<Float>, outputGradients: some RowSource, batch: Int,
        into gradients: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        if let sliding {
            sliding.filterGradients(
                images, outputGradients: outputGradients, batch: batch, into: gradients,
                scratch: scratch)
            return
        }
        let block = Block(self, scratch)
        let grid = outputGrid
        forEachBlock(of: batch * grid.pixelCount) { pixels in
            grid.gather(
                from: images, pixels: pixels, into: block.patches, panelStride: panelStride,
                patch: block.patch)
            Vectors.kernels.packPanels(
                outputGradients.rows(pixels), rows: pixels.count, columns: outputs,
                into: block.results, panelStride: panelStride)
            Vectors.kernels.multiplyTransposedPanels(
                block.patches, aPanelStride: panelStride, block.results,
                bPanelStride: panelStride, into: block.filterGradients, rows: shape.patchCount,
                columns: outputs, k: pixels.count, accumulates: pixels.lowerBound > 0)
        }
        Vectors.kernels.unpackPanels(
            block.filterGradients,
            panelStride: panelCount(shape.patchCount) * panelWidth * panelWidth, bias: nil,
            into: gradients, rowStride: outputs, rows: shape.patchCount,
            columns: outputs, accumulates: false)
    }

    /// Computes the gradient with respect to the images.
    ///
    /// - Parameters:
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - prepared: What `prepareFilters` wrote.
    ///   - accumulates: Whether the result is added to what `gradients` holds.
    ///   - gradients: [batch, inputHeight, inputWidth, inputChannel].
    ///   - scratch: `scratchCount` floats.
    public func imageGradients(
        _ outputGradients: UnsafePointer<Float>, batch: Int,
        preparedFilters prepared: UnsafePointer<Float>, accumulates: Bool = false,
        into gradients: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let block = Block(self, scratch)
        var phaseFilters = prepared + forwardFilterCount
        let isCovered = !hasPhaseWithoutTaps
        if !isCovered && !accumulates {
            gradients.update(repeating: 0, count: batch * shape.inputCount)
        }
        forEachPhase { phase in
            if phase.tapCount > 0 {
                let grid = grid(of: phase)
                forEachBlock(of: batch * grid.pixelCount) { pixels in
                    multiplyPatches(
                        of: outputGradients, grid, pixels, phaseFilters, columns: inputs, block)
                    unpack(
                        block, grid, pixels, phase, accumulates: accumulates, into: gradients)
                }
            }
            phaseFilters += phase.tapCount * outputs * panelCount(inputs) * panelWidth
        }
    }

    /// Puts a block's pixels to their places, one run of a grid's row after the other.
    private func unpack(
        _ block: Block, _ grid: PatchGrid, _ pixels: Range<Int>, _ phase: Phase,
        accumulates: Bool, into gradients: UnsafeMutablePointer<Float>
    ) {
        var pixel = pixels.lowerBound
        while pixel < pixels.upperBound {
            let (image, inImage) = pixel.quotientAndRemainder(dividingBy: grid.pixelCount)
            let (row, column) = inImage.quotientAndRemainder(dividingBy: grid.width)
            let count = min(grid.width - column, pixels.upperBound - pixel)
            let y = row * shape.stride + phase.row
            let x = column * shape.stride + phase.column
            let place = ((image * shape.inputHeight + y) * shape.inputWidth + x) * inputs
            Vectors.kernels.unpackPanels(
                block.results + (pixel - pixels.lowerBound) * panelWidth, panelStride: panelStride,
                bias: nil, into: gradients + place, rowStride: shape.stride * inputs,
                rows: count, columns: inputs, accumulates: accumulates)
            pixel += count
        }
    }

    /// results ← patches · filters for the pixels of a block.
    private func multiplyPatches(
        of images: UnsafePointer<Float>, _ grid: PatchGrid, _ pixels: Range<Int>,
        _ filters: UnsafePointer<Float>, columns: Int, _ block: Block
    ) {
        grid.gather(
            from: images, pixels: pixels, into: block.patches, panelStride: panelStride,
            patch: block.patch)
        Vectors.kernels.multiplyPanels(
            block.patches, aPanelStride: panelStride, filters, into: block.results,
            cPanelStride: panelStride, rows: pixels.count, columns: columns, k: grid.patchCount)
    }

    @inline(__always)
    private func forEachBlock(of pixelCount: Int, _ body: (_ pixels: Range<Int>) -> Void) {
        for first in stride(from: 0, to: pixelCount, by: pixelsPerBlock) {
            body(first..<min(first + pixelsPerBlock, pixelCount))
        }
    }

    /// The parts of the scratch memory.
    private struct Block {
        /// [pixel, patch] in panels.
        let patches: UnsafeMutablePointer<Float>
        /// [pixel, channel] in panels.
        let results: UnsafeMutablePointer<Float>
        /// One patch, with room for a whole panel at its end.
        let patch: UnsafeMutablePointer<Float>
        /// [patch, outputChannel] in panels.
        let filterGradients: UnsafeMutablePointer<Float>

        init(_ convolution: DirectConvolution, _ scratch: UnsafeMutablePointer<Float>) {
            patches = scratch
            results = patches + convolution.patchBlockCount
            filterGradients = results + convolution.resultBlockCount
            patch = filterGradients + convolution.filterGradientCount
        }
    }
}

extension DirectConvolution {
    /// The input pixels whose row and column have the same remainders by the stride, and the kernel's
    /// rows and columns that reach them.
    fileprivate struct Phase {
        let row: Int
        let column: Int
        let kernelRows: StrideTo<Int>
        let kernelColumns: StrideTo<Int>
        let rowTaps: Taps
        let columnTaps: Taps
        var tapCount: Int { rowTaps.count * columnTaps.count }
    }

    fileprivate var outputGrid: PatchGrid {
        PatchGrid(
            height: shape.outputHeight, width: shape.outputWidth, step: shape.stride,
            rows: Taps(count: shape.kernelHeight, first: -shape.padding, increment: 1),
            columns: Taps(count: shape.kernelWidth, first: -shape.padding, increment: 1),
            sourceHeight: shape.inputHeight, sourceWidth: shape.inputWidth, channels: inputs)
    }

    fileprivate func grid(of phase: Phase) -> PatchGrid {
        PatchGrid(
            height: (shape.inputHeight - phase.row + shape.stride - 1) / shape.stride,
            width: (shape.inputWidth - phase.column + shape.stride - 1) / shape.stride, step: 1,
            rows: phase.rowTaps, columns: phase.columnTaps, sourceHeight: shape.outputHeight,
            sourceWidth: shape.outputWidth, channels: outputs)
    }

    fileprivate var hasPhaseWithoutTaps: Bool {
        shape.kernelHeight < shape.stride || shape.kernelWidth < shape.stride
    }

    /// Input row y = stride · g + row is read by the output row (y + padding − kernelRow) / stride,
    /// for the kernel's rows that leave no remainder.
    fileprivate func forEachPhase(_ body: (Phase) -> Void) {
        for row in 0..<min(shape.stride, shape.inputHeight) {
            for column in 0..<min(shape.stride, shape.inputWidth) {
                let kernelRow = (row + shape.padding) % shape.stride
                let kernelColumn = (column + shape.padding) % shape.stride
                body(
                    Phase(
                        row: row, column: column,
                        kernelRows: Swift.stride(
                            from: kernelRow, to: shape.kernelHeight, by: shape.stride),
                        kernelColumns: Swift.stride(
                            from: kernelColumn, to: shape.kernelWidth, by: shape.stride),
                        rowTaps: taps(from: kernelRow, of: shape.kernelHeight, at: row),
                        columnTaps: taps(from: kernelColumn, of: shape.kernelWidth, at: column)))
            }
        }
    }

    private func taps(from first: Int, of kernel: Int, at phase: Int) -> Taps {
        Taps(
            count: max(0, (kernel - first + shape.stride - 1) / shape.stride),
            first: (phase + shape.padding - first) / shape.stride, increment: -1)
    }
}
