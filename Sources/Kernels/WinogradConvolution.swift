import VectorInterface

/// A 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3) on matrix products.
///
/// The outputs are cut into tiles of 4×4, and the tiles into blocks whose transforms stay in the
/// caches: transform a block, multiply its 36 planes, transform back. A quarter of the direct way's
/// products; where the height or width is no multiple of 4, the rest of the last tiles is computed
/// and left out.
///
/// The backward pass is the transpose of the forward pass, step by step, so that the transformed
/// output gradients serve both the filters' and the images' gradients, and the transformed filters
/// serve both passes.
///
/// Error, L2 relative to exact arithmetic: below 3e-6 for each of the three results, which the tests
/// hold it to.
public struct WinogradConvolution: Sendable {
    /// What is convolved with what.
    public let shape: ConvolutionShape
    /// Tiles that are transformed and multiplied at a time.
    private let tilesPerBlock: Int

    /// Whether a shape can be computed this way: a 3×3 kernel with stride 1 and padding up to 2.
    ///
    /// - Parameter shape: What would be convolved with what.
    /// - Returns: Whether it can.
    public static func canCompute(_ shape: ConvolutionShape) -> Bool {
        shape.kernelHeight == 3 && shape.kernelWidth == 3 && shape.stride == 1 && shape.padding <= 2
    }

    /// Creates a convolution of a shape.
    ///
    /// - Parameters:
    ///   - shape: What is convolved with what; `canCompute` must hold.
    ///   - tilesPerBlock: Tiles that are transformed and multiplied at a time; by default a number
    ///     that keeps a block in the caches.
    public init(_ shape: ConvolutionShape, tilesPerBlock: Int? = nil) {
        precondition(Self.canCompute(shape), "not a 3×3 convolution of stride 1: \(shape)")
        self.shape = shape
        let widest = max(shape.inputChannels, shape.outputChannels)
        self.tilesPerBlock = tilesPerBlock ?? max(32, min(128, widest / 2))
    }

    private static let positions = 36
    private static let tileExtent = 4

    private var tileRows: Int { (shape.outputHeight + 3) / Self.tileExtent }
    private var tileColumns: Int { (shape.outputWidth + 3) / Self.tileExtent }
    private var tilesPerImage: Int { tileRows * tileColumns }

    /// Floats of the transformed filters.
    public var transformedFilterCount: Int { Self.positions * filterPlaneStride }

    /// Floats from one plane of a block to the next.
    ///
    /// A cache line more than the plane has, since planes a power of two apart would fall into the same sets of the first cache.
    private func planeStride(_ channels: Int) -> Int { tilesPerBlock * channels + 16 }
    private var filterPlaneStride: Int { shape.inputChannels * shape.outputChannels + 16 }

    private var inputBlockCount: Int { Self.positions * planeStride(shape.inputChannels) }
    private var outputBlockCount: Int { Self.positions * planeStride(shape.outputChannels) }

    /// Floats of scratch memory that the forward pass needs.
    public var forwardScratchCount: Int {
        inputBlockCount + outputBlockCount + 2 * shape.inputChannels
    }

    /// Floats of scratch memory that the backward pass needs.
    public var backwardScratchCount: Int {
        2 * inputBlockCount + outputBlockCount + 2 * shape.inputChannels + transformedFilterCount
    }

    /// Transforms filters; once for each change of the filters.
    ///
    /// - Parameters:
    ///   - filters: [3, 3, inputChannel, outputChannel].
    ///   - transformed: `transformedFilterCount` floats.
    public func transformFilters(
        _ filters: UnsafePointer<Float>, into transformed: UnsafeMutablePointer<Float>
    ) {
        let outputs = shape.outputChannels
        let vectors = Vectors.kernels
        for input in 0..<shape.inputChannels {
            vectors.transformFilters(
                filters + input * outputs, filterStride: shape.inputChannels * outputs,
                channels: outputs, into: transformed + input * outputs,
                planeStride: filterPlaneStride)
        }
    }

    /// Computes the outputs.
    ///
    /// - Parameters:
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - batch: The number of images.
    ///   - transformed: The transformed filters.
    ///   - bias: [outputChannel], or nil.
    ///   - activation: Applied to each output.
    ///   - outputs: [batch, outputHeight, outputWidth, outputChannel].
    ///   - scratch: `forwardScratchCount` floats.
    public func forward(
        _ images: UnsafePointer<Float>, batch: Int,
        transformedFilters transformed: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, _ activation: FusedActivation = .identity,
        into outputs: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let block = Block(self, scratch: scratch)
        let vectors = Vectors.kernels
        forEachBlock(of: batch) { tiles in
            transformInputs(of: images, tiles: tiles, zeros: block.zeros, into: block.inputs)
            for position in 0..<Self.positions {
                MatrixProduct.multiply(
                    block.inputs + position * planeStride(shape.inputChannels),
                    stride: shape.inputChannels, transformed + position * filterPlaneStride,
                    stride: shape.outputChannels,
                    into: block.outputs + position * planeStride(shape.outputChannels),
                    stride: shape.outputChannels, m: tiles.count, n: shape.outputChannels,
                    k: shape.inputChannels)
            }
            forEachOutputTile(of: tiles) { number, offset, rows, columns in
                vectors.transformOutput(
                    block.outputs + number * shape.outputChannels,
                    planeStride: planeStride(shape.outputChannels), channels: shape.outputChannels,
                    bias: bias, activation, into: outputs + offset,
                    rowStride: shape.outputWidth * shape.outputChannels, rows: rows,
                    columns: columns)
            }
        }
    }

    /// Computes the gradients with respect to filters and images in one go.
    ///
    /// - Parameters:
    ///   - images: The forward pass's input.
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - transformed: The transformed filters.
    ///   - filterGradients: [3, 3, inputChannel, outputChannel], overwritten; nil if not needed.
    ///   - imageGradients: [batch, inputHeight, inputWidth, inputChannel]; nil if not needed.
    ///   - accumulates: Whether the result is added to what `imageGradients` holds.
    ///   - scratch: `backwardScratchCount` floats.
    public func backward(
        _ images: UnsafePointer<Float>, outputGradients: UnsafePointer<Float>, batch: Int,
        transformedFilters transformed: UnsafePointer<Float>,
        filterGradients: UnsafeMutablePointer<Float>?,
        imageGradients: UnsafeMutablePointer<Float>?, accumulates: Bool = false,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let block = Block(self, scratch: scratch)
        if let imageGradients, !accumulates {
            imageGradients.update(repeating: 0, count: batch * shape.inputCount)
        }
        forEachBlock(of: batch) { tiles in
            transformOutputGradients(of: outputGradients, tiles: tiles, into: block.outputs)
            if filterGradients != nil {
                transformInputs(of: images, tiles: tiles, zeros: block.zeros, into: block.inputs)
                multiplyFilterGradients(block, tiles: tiles)
            }
            if let imageGradients {
                multiplyImageGradients(block, tiles: tiles, transformed)
                addInputGradients(block, tiles: tiles, into: imageGradients)
            }
        }
        if let filterGradients {
            transformFilterGradients(block.filterGradients, into: filterGradients)
        }
    }

    /// dU ← (dU) + Vᵀ · dM at each position.
    private func multiplyFilterGradients(_ block: Block, tiles: Range<Int>) {
        for position in 0..<Self.positions {
            MatrixProduct.multiply(
                block.inputs + position * planeStride(shape.inputChannels), .transposed,
                stride: shape.inputChannels,
                block.outputs + position * planeStride(shape.outputChannels),
                stride: shape.outputChannels,
                into: block.filterGradients + position * filterPlaneStride,
                stride: shape.outputChannels, m: shape.inputChannels, n: shape.outputChannels,
                k: tiles.count, accumulates: tiles.lowerBound > 0)
        }
    }

    /// dV ← dM · Uᵀ at each position.
    private func multiplyImageGradients(
        _ block: Block, tiles: Range<Int>, _ transformed: UnsafePointer<Float>
    ) {
        for position in 0..<Self.positions {
            MatrixProduct.multiply(
                block.outputs + position * planeStride(shape.outputChannels),
                stride: shape.outputChannels, transformed + position * filterPlaneStride,
                .transposed, stride: shape.outputChannels,
                into: block.inputGradients + position * planeStride(shape.inputChannels),
                stride: shape.inputChannels, m: tiles.count, n: shape.inputChannels,
                k: shape.outputChannels)
        }
    }

    private func transformFilterGradients(
        _ gradients: UnsafePointer<Float>, into filters: UnsafeMutablePointer<Float>
    ) {
        let outputs = shape.outputChannels
        let vectors = Vectors.kernels
        for input in 0..<shape.inputChannels {
            vectors.transformFilterGradient(
                gradients + input * outputs, planeStride: filterPlaneStride, channels: outputs,
                into: filters + input * outputs, filterStride: shape.inputChannels * outputs)
        }
    }

    /// The parts of the scratch memory.
    private struct Block {
        let inputs: UnsafeMutablePointer<Float>
        let outputs: UnsafeMutablePointer<Float>
        /// One pixel's channels, all zero: what tiles read outside the images.
        let zeros: UnsafeMutablePointer<Float>
        /// One pixel's channels that nobody reads: where tiles write outside the images.
        let waste: UnsafeMutablePointer<Float>
        let inputGradients: UnsafeMutablePointer<Float>
        let filterGradients: UnsafeMutablePointer<Float>

        init(_ convolution: WinogradConvolution, scratch: UnsafeMutablePointer<Float>) {
            let channels = convolution.shape.inputChannels
            inputs = scratch
            outputs = inputs + convolution.inputBlockCount
            zeros = outputs + convolution.outputBlockCount
            waste = zeros + channels
            inputGradients = waste + channels
            filterGradients = inputGradients + convolution.inputBlockCount
            zeros.update(repeating: 0, count: channels)
        }
    }

    @inline(__always)
    private func forEachBlock(of batch: Int, _ body: (_ tiles: Range<Int>) -> Void) {
        let count = batch * tilesPerImage
        for first in stride(from: 0, to: count, by: tilesPerBlock) {
            body(first..<min(first + tilesPerBlock, count))
        }
    }

    /// Calls `body` for each tile with its number in the block, the offset of its first output, and
    /// how much of it lies in the output.
    @inline(__always)
    private func forEachOutputTile(
        of tiles: Range<Int>,
        _ body: (_ number: Int, _ offset: Int, _ rows: Int, _ columns: Int) -> Void
    ) {
        for tile in tiles {
            let (image, row, column) = place(of: tile)
            let pixel = (image * shape.outputHeight + row) * shape.outputWidth + column
            body(
                tile - tiles.lowerBound, pixel * shape.outputChannels,
                min(Self.tileExtent, shape.outputHeight - row),
                min(Self.tileExtent, shape.outputWidth - column))
        }
    }

    /// The image of a tile and the place of its first output pixel.
    @inline(__always)
    private func place(of tile: Int) -> (image: Int, row: Int, column: Int) {
        let (image, inImage) = tile.quotientAndRemainder(dividingBy: tilesPerImage)
        let (row, column) = inImage.quotientAndRemainder(dividingBy: tileColumns)
        return (image, row * Self.tileExtent, column * Self.tileExtent)
    }

    /// Calls `body` for each of a tile's 6×6 input pixels with its number and its offset in the
    /// images, or nil outside of them.
    @inline(__always)
    private func forEachInputPixel(of tile: Int, _ body: (_ number: Int, _ offset: Int?) -> Void) {
        let (image, firstRow, firstColumn) = place(of: tile)
        for y in 0..<6 {
            let row = firstRow + y - shape.padding
            let rowIsInside = row >= 0 && row < shape.inputHeight
            let base = (image * shape.inputHeight + row) * shape.inputWidth
            for x in 0..<6 {
                let column = firstColumn + x - shape.padding
                let isInside = rowIsInside && column >= 0 && column < shape.inputWidth
                body(y * 6 + x, isInside ? (base + column) * shape.inputChannels : nil)
            }
        }
    }

    private func transformInputs(
        of images: UnsafePointer<Float>, tiles: Range<Int>, zeros: UnsafePointer<Float>,
        into planes: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        withUnsafeTemporaryAllocation(
            of: UnsafePointer<Float>.self, capacity: Self.positions
        ) { pixels in
            for tile in tiles {
                forEachInputPixel(of: tile) { pixels[$0] = $1.map { images + $0 } ?? zeros }
                vectors.transformInput(
                    pixels: UnsafePointer(pixels.baseAddress.unsafelyUnwrapped),
                    channels: shape.inputChannels,
                    into: planes + (tile - tiles.lowerBound) * shape.inputChannels,
                    planeStride: planeStride(shape.inputChannels))
            }
        }
    }

    private func addInputGradients(
        _ block: Block, tiles: Range<Int>, into gradients: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<Float>.self, capacity: Self.positions
        ) { pixels in
            for tile in tiles {
                forEachInputPixel(of: tile) {
                    pixels[$0] = $1.map { gradients + $0 } ?? block.waste
                }
                vectors.addInputGradient(
                    block.inputGradients + (tile - tiles.lowerBound) * shape.inputChannels,
                    planeStride: planeStride(shape.inputChannels), channels: shape.inputChannels,
                    into: UnsafePointer(pixels.baseAddress.unsafelyUnwrapped))
            }
        }
    }

    private func transformOutputGradients(
        of gradients: UnsafePointer<Float>, tiles: Range<Int>,
        into planes: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        forEachOutputTile(of: tiles) { number, offset, rows, columns in
            vectors.transformOutputGradient(
                gradients + offset, rowStride: shape.outputWidth * shape.outputChannels,
                rows: rows, columns: columns, channels: shape.outputChannels,
                into: planes + number * shape.outputChannels,
                planeStride: planeStride(shape.outputChannels))
        }
    }
}
