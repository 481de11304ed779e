import VectorInterface

/// A 3×3 convolution with stride 1 by Winograd's F(4×4, 3×3).
///
/// 36 products for each tile of 4×4 outputs, where the direct way takes 144. All transformed values
/// of a block of tiles lie in planes, one for each of the 36 positions, and each plane in panels as
/// the products read them (see `PanelProducts`): the transforms write what is otherwise packed.
///
/// The backward pass is the transpose of the forward pass, step by step: one transform of the output
/// gradients serves filters and images, and the transform of the filters is that of the forward
/// pass. A block is whole rows of tiles, so its outputs are neighbours in memory.
///
/// Error: relative to the largest output about 1e-6 in the L2 norm, five times that of the direct
/// way. Source: Winograd 1980; Lavin & Gray 2016.
public struct WinogradConvolution: Sendable {
    /// What is convolved with what.
    public let shape: ConvolutionShape
    private let grid: TileGrid

    /// Whether the method applies to a shape.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: Whether the kernel is 3×3 and the stride 1.
    public static func canCompute(_ shape: ConvolutionShape) -> Bool {
        shape.kernelHeight == 3 && shape.kernelWidth == 3 && shape.stride == 1 && shape.padding <= 2
    }

    /// Creates a convolution of a shape.
    ///
    /// - Parameters:
    ///   - shape: What is convolved with what.
    ///   - tilesPerBlock: About how many tiles are transformed at a time; by default as many as suit
    ///     the caches.
    public init(_ shape: ConvolutionShape, tilesPerBlock: Int? = nil) {
        precondition(Self.canCompute(shape), "not a 3×3 convolution of stride 1: \(shape)")
        self.shape = shape
        grid = TileGrid(
            shape, tilesPerBlock: tilesPerBlock ?? Self.defaultTilesPerBlock(shape))
    }

    /// As many tiles as suit the caches.
    ///
    /// The planes of few channels stay in the second cache. With many they do not, but the more tiles
    /// there are, the more products come with each transformed filter that is read.
    private static func defaultTilesPerBlock(_ shape: ConvolutionShape) -> Int {
        shape.inputChannels + shape.outputChannels > 512 ? 96 : 24
    }

    static let positions = TileGrid.inputExtent * TileGrid.inputExtent

    var inputs: Int { shape.inputChannels }
    var outputs: Int { shape.outputChannels }

    /// Rows of a plane: products take 12 at a time.
    private var rowCapacity: Int { (grid.tilesPerBlock + 11) / 12 * 12 }
    /// Floats of a panel of a plane.
    private var panelStride: Int { rowCapacity * panelWidth }
    /// Floats from one plane to the next: with powers of two, rows of all planes would share a few
    /// places in the cache.
    private func planeStride(_ channels: Int) -> Int { panelCount(channels) * panelStride + 16 }
    func filterPlaneStride(_ rows: Int, _ columns: Int) -> Int {
        panelCount(columns) * rows * panelWidth + 16
    }
    /// Rows of a filter gradient's plane: products write whole panels of them.
    var gradientRows: Int { panelCount(inputs) * panelWidth }

    /// Floats that `transformFilters` writes.
    public var forwardFilterCount: Int { Self.positions * filterPlaneStride(inputs, outputs) }
    /// Floats of the filters for both passes.
    public var transformedFilterCount: Int {
        transposedFilterEnd + 9 * Self.blockExtent * Self.blockExtent
    }
    var transposedFilterEnd: Int {
        forwardFilterCount + Self.positions * filterPlaneStride(outputs, inputs)
    }
    /// Rows and columns of the blocks in which filters are transposed.
    static let blockExtent = panelWidth

    private var inputBlockCount: Int { Self.positions * planeStride(inputs) }
    private var outputBlockCount: Int { Self.positions * planeStride(outputs) }
    private var filterGradientCount: Int {
        Self.positions * filterPlaneStride(gradientRows, outputs)
    }

    /// The most output pixels that a pass asks a sink or source for at a time.
    public var blockPixelCount: Int {
        grid.tileRowsPerBlock * TileGrid.tileExtent * shape.outputWidth
    }

    /// Floats of scratch memory that `forward` needs.
    public var forwardScratchCount: Int { inputBlockCount + outputBlockCount + inputs }
    /// Floats of scratch memory that `backward` needs.
    public var backwardScratchCount: Int {
        inputBlockCount + outputBlockCount + 2 * inputs + filterGradientCount
    }

    /// Computes the outputs.
    ///
    /// - Parameters:
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - batch: The number of images.
    ///   - transformed: What `transformFilters` wrote.
    ///   - bias: [outputChannel], or nil.
    ///   - sink: Takes the outputs, [batch · outputHeight · outputWidth, outputChannel], in whole
    ///     rows of tiles: four rows of pixels, at an image's end maybe fewer.
    ///   - scratch: `forwardScratchCount` floats.
    public func forward(
        _ images: UnsafePointer<Float>, batch: Int,
        transformedFilters transformed: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, into sink: some RowSink, scratch: UnsafeMutablePointer<Float>
    ) {
        let block = Block(self, scratch: scratch)
        let vectors = Vectors.kernels
        grid.forEachBlock(of: batch) { tiles, pixels in
            transformInputs(of: images, tiles: tiles, zeros: block.zeros, into: block.inputs)
            for position in 0..<Self.positions {
                vectors.multiplyPanels(
                    block.inputs + position * planeStride(inputs), aPanelStride: panelStride,
                    transformed + position * filterPlaneStride(inputs, outputs),
                    into: block.outputs + position * planeStride(outputs),
                    cPanelStride: panelStride, rows: tiles.count, columns: outputs, k: inputs)
            }
            let place = sink.place(for: pixels)
            grid.forEachOutputTile(of: tiles) { number, offset, rows, columns in
                vectors.transformOutput(
                    block.outputs + number * panelWidth, planeStride: planeStride(outputs),
                    panelStride: panelStride, channels: outputs, bias: bias,
                    into: place + (offset - pixels.lowerBound * outputs),
                    rowStride: shape.outputWidth * outputs, rows: rows, columns: columns)
            }
            sink.completed(pixels)
        }
    }

    /// Computes the gradients with respect to the filters, summed over the batch, and the images.
    ///
    /// - Parameters:
    ///   - images: The forward pass's input.
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    ///   - batch: The number of images.
    ///   - transformed: What `transformFilters` and `transformTransposedFilters` wrote.
    ///   - filterGradients: [3, 3, inputChannel, outputChannel], overwritten; or nil.
    ///   - imageGradients: [batch, inputHeight, inputWidth, inputChannel], or nil.
    ///   - accumulates: Whether the image gradients are added to what is there.
    ///   - scratch: `backwardScratchCount` floats.
    public func backward(
        _ images: UnsafePointer<Float>, outputGradients: some RowSource, batch: Int,
        transformedFilters transformed: UnsafePointer<Float>,
        filterGradients: UnsafeMutablePointer<Float>?,
        imageGradients: UnsafeMutablePointer<Float>?, accumulates: Bool = false,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let block = Block(self, scratch: scratch)
        var clearedCount = accumulates ? batch * shape.inputHeight : 0
        grid.forEachBlock(of: batch) { tiles, pixels in
            let gradients = outputGradients.rows(pixels)
            transformOutputGradients(
                of: gradients, firstPixel: pixels.lowerBound, tiles: tiles, into: block.outputs)
            if filterGradients != nil {
                transformInputs(of: images, tiles: tiles, zeros: block.zeros, into: block.inputs)
                multiplyFilterGradients(block, tiles: tiles)
            }
            if let imageGradients {
                clear(imageGradients, upTo: grid.inputRowEnd(of: tiles), after: &clearedCount)
                multiplyImageGradients(block, tiles: tiles, transformed + forwardFilterCount)
                addInputGradients(block, tiles: tiles, into: imageGradients)
            }
        }
        if let filterGradients {
            transformFilterGradients(block.filterGradients, into: filterGradients)
        }
    }

    /// Zeroes rows of the image gradients just before the first tiles add to them, while what follows
    /// still finds them in the cache.
    private func clear(
        _ gradients: UnsafeMutablePointer<Float>, upTo end: Int, after cleared: inout Int
    ) {
        guard end > cleared else { return }
        let rowCount = shape.inputWidth * inputs
        (gradients + cleared * rowCount).update(repeating: 0, count: (end - cleared) * rowCount)
        cleared = end
    }

    private func multiplyFilterGradients(_ block: Block, tiles: Range<Int>) {
        for position in 0..<Self.positions {
            Vectors.kernels.multiplyTransposedPanels(
                block.inputs + position * planeStride(inputs), aPanelStride: panelStride,
                block.outputs + position * planeStride(outputs), bPanelStride: panelStride,
                into: block.filterGradients
                    + position * filterPlaneStride(gradientRows, outputs),
                rows: inputs, columns: outputs, k: tiles.count, accumulates: tiles.lowerBound > 0)
        }
    }

    /// Into the planes of the inputs, which the filters' gradients no longer need.
    private func multiplyImageGradients(
        _ block: Block, tiles: Range<Int>, _ transposed: UnsafePointer<Float>
    ) {
        for position in 0..<Self.positions {
            Vectors.kernels.multiplyPanels(
                block.outputs + position * planeStride(outputs), aPanelStride: panelStride,
                transposed + position * filterPlaneStride(outputs, inputs),
                into: block.inputs + position * planeStride(inputs), cPanelStride: panelStride,
                rows: tiles.count, columns: inputs, k: outputs)
        }
    }

    /// The parts of the scratch memory.
    private struct Block {
        /// [36, tile, inputChannel] in panels.
        let inputs: UnsafeMutablePointer<Float>
        /// [36, tile, outputChannel] in panels.
        let outputs: UnsafeMutablePointer<Float>
        /// The channels of a pixel outside the image.
        let zeros: UnsafeMutablePointer<Float>
        /// Takes the gradients of pixels outside the image.
        let waste: UnsafeMutablePointer<Float>
        /// [36, inputChannel, outputChannel] in panels.
        let filterGradients: UnsafeMutablePointer<Float>

        init(_ convolution: WinogradConvolution, scratch: UnsafeMutablePointer<Float>) {
            let channels = convolution.inputs
            inputs = scratch
            outputs = inputs + convolution.inputBlockCount
            zeros = outputs + convolution.outputBlockCount
            waste = zeros + channels
            filterGradients = waste + channels
            zeros.update(repeating: 0, count: channels)
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
                grid.forEachInputPixel(of: tile) { pixels[$0] = $1.map { images + $0 } ?? zeros }
                vectors.transformInput(
                    pixels: UnsafePointer(pixels.baseAddress.unsafelyUnwrapped), channels: inputs,
                    into: planes + (tile - tiles.lowerBound) * panelWidth,
                    planeStride: planeStride(inputs), panelStride: panelStride)
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
                grid.forEachInputPixel(of: tile) {
                    pixels[$0] = $1.map { gradients + $0 } ?? block.waste
                }
                vectors.addInputGradient(
                    block.inputs + (tile - tiles.lowerBound) * panelWidth,
                    planeStride: planeStride(inputs), panelStride: panelStride, channels: inputs,
                    into: UnsafePointer(pixels.baseAddress.unsafelyUnwrapped))
            }
        }
    }

    private func transformOutputGradients(
        of gradients: UnsafePointer<Float>, firstPixel: Int, tiles: Range<Int>,
        into planes: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        grid.forEachOutputTile(of: tiles) { number, offset, rows, columns in
            vectors.transformOutputGradient(
                gradients + (offset - firstPixel * outputs),
                rowStride: shape.outputWidth * outputs, rows: rows, columns: columns,
                channels: outputs, into: planes + number * panelWidth,
                planeStride: planeStride(outputs), panelStride: panelStride)
        }
    }
}
