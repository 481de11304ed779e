import VectorInterface

/// A two-dimensional convolution by matrix products over blocks of patches.
///
/// Never more than one block of patches exists: `scratchCount` floats for any batch.
///
/// Error: patchCount · 2⁻²⁴ · Σ|image||filter| for each output.
public struct DirectConvolution: Sendable {
    /// What is convolved with what.
    public let shape: ConvolutionShape
    /// Output pixels whose patches are gathered at a time.
    private let rowsPerBlock: Int

    /// Creates a convolution of a shape.
    ///
    /// - Parameter shape: What is convolved with what.
    public init(_ shape: ConvolutionShape) {
        self.shape = shape
        // A block of patches stays in the second cache, but each product has enough rows that
        // packing the filters, which BLAS does anew for every block, is a small part of it.
        let patch = max(
            shape.patchCount, shape.kernelHeight * shape.kernelWidth * shape.outputChannels)
        let filterRows = min(1024, shape.filterCount / 1024)
        rowsPerBlock = max(128, filterRows, Self.blockCount / patch)
    }

    /// Floats of a block of patches that stay in the second cache.
    private static let blockCount = 1 << 17

    /// Floats of scratch memory that each of the three passes needs.
    public var scratchCount: Int {
        let patches = rowsPerBlock * shape.patchCount
        return usesRotatedFilters ? max(patches, rotatedScratchCount) : patches
    }

    /// With stride 1 the data gradient is itself a convolution, of the output gradients with the
    /// filters rotated by 180°, which saves adding overlapping patches.
    private var usesRotatedFilters: Bool {
        shape.stride == 1 && shape.padding < shape.kernelHeight && shape.padding < shape.kernelWidth
            && shape.kernelHeight == shape.kernelWidth && !shape.isPointwise
    }

    private var rotatedShape: ConvolutionShape {
        ConvolutionShape(
            inputHeight: shape.outputHeight, inputWidth: shape.outputWidth,
            inputChannels: shape.outputChannels, outputChannels: shape.inputChannels,
            kernelHeight: shape.kernelHeight, kernelWidth: shape.kernelWidth, stride: 1,
            padding: shape.kernelHeight - 1 - shape.padding)
    }

    private var rotatedScratchCount: Int {
        shape.filterCount + rowsPerBlock * rotatedShape.patchCount
    }

    /// Computes the outputs.
    ///
    /// - Parameters:
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - batch: The number of images.
    ///   - filters: [kernelHeight, kernelWidth, inputChannel, outputChannel].
    ///   - bias: [outputChannel], or nil.
    ///   - activation: Applied to each output.
    ///   - accumulates: Whether the products are added to what `outputs` holds.
    ///   - outputs: [batch, outputHeight, outputWidth, outputChannel].
    ///   - scratch: `scratchCount` floats.
    public func forward(
        _ images: UnsafePointer<Float>, batch: Int, filters: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, _ activation: FusedActivation = .identity,
        accumulates: Bool = false, into outputs: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let channels = shape.outputChannels
        forEachBlock(of: batch) { pixels in
            let patches = patches(of: images, pixels: pixels, scratch: scratch)
            let block = outputs + pixels.lowerBound * channels
            MatrixProduct.multiply(
                patches, stride: shape.patchCount, filters, stride: channels, into: block,
                stride: channels, m: pixels.count, n: channels, k: shape.patchCount,
                accumulates: accumulates)
            if let bias {
                Vectors.kernels.addBias(
                    bias, activation, to: block, rows: pixels.count, columns: channels)
            } else if activation != .identity {
                Vectors.kernels.activate(
                    block, activation, into: block, count: pixels.count * channels)
            }
        }
    }

    /// Computes the gradient with respect to the filters, summed over the batch.
    ///
    /// - Parameters:
    ///   - images: The forward pass's input.
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - gradients: [kernelHeight, kernelWidth, inputChannel, outputChannel], overwritten.
    ///   - scratch: `scratchCount` floats.
    public func filterGradients(
        _ images: UnsafePointer<Float>, outputGradients: UnsafePointer<Float>, batch: Int,
        into gradients: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let channels = shape.outputChannels
        forEachBlock(of: batch) { pixels in
            let patches = patches(of: images, pixels: pixels, scratch: scratch)
            MatrixProduct.multiply(
                patches, .transposed, stride: shape.patchCount,
                outputGradients + pixels.lowerBound * channels, stride: channels,
                into: gradients, stride: channels, m: shape.patchCount, n: channels,
                k: pixels.count, accumulates: pixels.lowerBound > 0)
        }
    }

    /// Computes the gradient with respect to the images.
    ///
    /// - Parameters:
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - filters: [kernelHeight, kernelWidth, inputChannel, outputChannel].
    ///   - accumulates: Whether the result is added to what `gradients` holds.
    ///   - gradients: [batch, inputHeight, inputWidth, inputChannel].
    ///   - scratch: `scratchCount` floats.
    public func imageGradients(
        _ outputGradients: UnsafePointer<Float>, batch: Int, filters: UnsafePointer<Float>,
        accumulates: Bool = false, into gradients: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        if usesRotatedFilters {
            rotateFilters(filters, into: scratch)
            DirectConvolution(rotatedShape, rowsPerBlock: rowsPerBlock).forward(
                outputGradients, batch: batch, filters: scratch, bias: nil,
                accumulates: accumulates,
                into: gradients, scratch: scratch + shape.filterCount)
            return
        }
        if !shape.isPointwise && !accumulates {
            gradients.update(repeating: 0, count: batch * shape.inputCount)
        }
        let channels = shape.outputChannels
        forEachBlock(of: batch) { pixels in
            let patches =
                shape.isPointwise
                ? gradients + pixels.lowerBound * shape.inputChannels : scratch
            MatrixProduct.multiply(
                outputGradients + pixels.lowerBound * channels, stride: channels,
                filters, .transposed, stride: channels, into: patches, stride: shape.patchCount,
                m: pixels.count, n: shape.patchCount, k: channels,
                accumulates: shape.isPointwise && accumulates)
            if !shape.isPointwise {
                Patches.scatterAdd(shape, from: patches, pixels: pixels, into: gradients)
            }
        }
    }

    private init(_ shape: ConvolutionShape, rowsPerBlock: Int) {
        self.shape = shape
        self.rowsPerBlock = rowsPerBlock
    }

    @inline(__always)
    private func forEachBlock(of batch: Int, _ body: (_ pixels: Range<Int>) -> Void) {
        let pixelCount = batch * shape.outputPixelCount
        for first in stride(from: 0, to: pixelCount, by: rowsPerBlock) {
            body(first..<min(first + rowsPerBlock, pixelCount))
        }
    }

    /// The block's patches; for a pointwise convolution the input already is their matrix.
    private func patches(
        of images: UnsafePointer<Float>, pixels: Range<Int>, scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        if shape.isPointwise { return images + pixels.lowerBound * shape.inputChannels }
        Patches.gather(shape, from: images, pixels: pixels, into: scratch)
        return UnsafePointer(scratch)
    }

    /// rotated[h, w, o, i] ← filters[last − h, last − w, i, o].
    private func rotateFilters(
        _ filters: UnsafePointer<Float>, into rotated: UnsafeMutablePointer<Float>
    ) {
        let inputs = shape.inputChannels
        let outputs = shape.outputChannels
        let positions = shape.kernelHeight * shape.kernelWidth
        for position in 0..<positions {
            let source = filters + (positions - 1 - position) * inputs * outputs
            let target = rotated + position * inputs * outputs
            Transposition.transpose(source, rows: inputs, columns: outputs, into: target)
        }
    }
}

extension Transposition {
    /// target[c, r] ← source[r, c], in tiles so that neither side misses the cache.
    ///
    /// - Parameters:
    ///   - source: [rows, columns].
    ///   - rows: Rows of the source.
    ///   - columns: Columns of the source.
    ///   - target: [columns, rows]; must not overlap the source.
    public static func transpose(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        let tile = 16
        for firstRow in stride(from: 0, to: rows, by: tile) {
            for firstColumn in stride(from: 0, to: columns, by: tile) {
                for row in firstRow..<min(firstRow + tile, rows) {
                    for column in firstColumn..<min(firstColumn + tile, columns) {
                        target[column * rows + row] = source[row * columns + column]
                    }
                }
            }
        }
    }
}
