/// The tiles of 4×4 outputs that cover the images of a batch, in rows from top to bottom.
///
/// Tiles are numbered over the batch, row after row. At the right and the lower border of an image a
/// tile may have fewer outputs.
struct TileGrid: Sendable {
    /// Rows and columns of a tile's outputs.
    static let tileExtent = 4
    /// Rows and columns of the inputs on which a tile depends.
    static let inputExtent = 6

    /// Rows of tiles of a block.
    let tileRowsPerBlock: Int
    private let shape: ConvolutionShape
    private let tileRows: Int
    private let tileColumns: Int

    /// Covers images with tiles.
    ///
    /// - Parameters:
    ///   - shape: The convolution.
    ///   - tilesPerBlock: About how many tiles are worked on at a time.
    init(_ shape: ConvolutionShape, tilesPerBlock: Int) {
        self.shape = shape
        tileRows = (shape.outputHeight + Self.tileExtent - 1) / Self.tileExtent
        tileColumns = (shape.outputWidth + Self.tileExtent - 1) / Self.tileExtent
        tileRowsPerBlock = max(1, tilesPerBlock / tileColumns)
    }

    /// The most tiles of a block.
    var tilesPerBlock: Int { tileRowsPerBlock * tileColumns }

    /// Goes through blocks of whole rows of tiles.
    ///
    /// - Parameters:
    ///   - batch: The number of images.
    ///   - body: Gets the tiles of a block, and the output pixels that they cover.
    @inline(__always)
    func forEachBlock(
        of batch: Int, _ body: (_ tiles: Range<Int>, _ pixels: Range<Int>) -> Void
    ) {
        let count = batch * tileRows
        for first in stride(from: 0, to: count, by: tileRowsPerBlock) {
            let end = min(first + tileRowsPerBlock, count)
            body(
                first * tileColumns..<end * tileColumns,
                firstPixel(ofTileRow: first)..<firstPixel(ofTileRow: end))
        }
    }

    private func firstPixel(ofTileRow tileRow: Int) -> Int {
        let (image, row) = tileRow.quotientAndRemainder(dividingBy: tileRows)
        return (image * shape.outputHeight + row * Self.tileExtent) * shape.outputWidth
    }

    /// Goes through the outputs of tiles.
    ///
    /// - Parameters:
    ///   - tiles: The tiles.
    ///   - body: Gets the number of a tile among them, the place of its first output's first channel,
    ///     and how many rows and columns of it are inside the image.
    @inline(__always)
    func forEachOutputTile(
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

    /// Goes through the 6×6 input pixels of a tile.
    ///
    /// - Parameters:
    ///   - tile: The tile.
    ///   - body: Gets the number of a pixel, and the place of its first channel, nil outside the
    ///     image.
    @inline(__always)
    func forEachInputPixel(of tile: Int, _ body: (_ number: Int, _ offset: Int?) -> Void) {
        let (image, firstRow, firstColumn) = place(of: tile)
        for y in 0..<Self.inputExtent {
            let row = firstRow + y - shape.padding
            let rowIsInside = row >= 0 && row < shape.inputHeight
            let base = (image * shape.inputHeight + row) * shape.inputWidth
            for x in 0..<Self.inputExtent {
                let column = firstColumn + x - shape.padding
                let isInside = rowIsInside && column >= 0 && column < shape.inputWidth
                body(
                    y * Self.inputExtent + x,
                    isInside ? (base + column) * shape.inputChannels : nil)
            }
        }
    }

    /// The input row, counted over the batch, behind the last that tiles up to these depend on; for
    /// the last tiles of an image all of its rows.
    func inputRowEnd(of tiles: Range<Int>) -> Int {
        let (image, row, _) = place(of: tiles.upperBound - 1)
        let isLast = row + Self.tileExtent >= shape.outputHeight
        let end = isLast ? shape.inputHeight : row + Self.inputExtent - shape.padding
        return image * shape.inputHeight + min(max(end, 0), shape.inputHeight)
    }

    /// The image and the first output row and column of a tile.
    @inline(__always)
    private func place(of tile: Int) -> (image: Int, row: Int, column: Int) {
        let (image, inImage) = tile.quotientAndRemainder(dividingBy: tileRows * tileColumns)
        let (row, column) = inImage.quotientAndRemainder(dividingBy: tileColumns)
        return (image, row * Self.tileExtent, column * Self.tileExtent)
    }
}
