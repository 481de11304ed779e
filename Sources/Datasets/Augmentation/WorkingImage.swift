/// The image that a loader thread is working on, with room for the next operation's result.
///
/// The memory is allocated once and used again for each image. Behind each buffer there is room for a
/// vector more, so that rows may be read and written in whole vectors.
public struct WorkingImage {
    /// The size of the image.
    public private(set) var format: ImageFormat
    /// The pixels from 0, black, to 1, `[height, width, channel]`.
    public private(set) var values: UnsafeMutablePointer<Float>
    /// Room for a result, as large as the largest image on the way.
    public private(set) var spare: UnsafeMutablePointer<Float>
    /// As many floats as the operation has asked for by its `scratchCount`.
    public let scratch: UnsafeMutablePointer<Float>

    /// Allocates the memory; `deallocate` gives it back.
    ///
    /// - Parameters:
    ///   - format: The size of the stored images.
    ///   - largestCount: The values of the largest image on the way.
    ///   - scratchCount: The floats of scratch memory that any operation needs.
    init(format: ImageFormat, largestCount: Int, scratchCount: Int) {
        func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: count + floatSlack)
            memory.initialize(repeating: 0, count: count + floatSlack)
            return memory
        }
        self.format = format
        values = allocate(largestCount)
        spare = allocate(largestCount)
        scratch = allocate(scratchCount)
    }

    func deallocate() {
        values.deallocate()
        spare.deallocate()
        scratch.deallocate()
    }

    /// Begins with another image, whose values the caller then writes.
    mutating func begin(_ format: ImageFormat) { self.format = format }

    /// Makes what an operation has written to `spare` the image.
    ///
    /// - Parameter format: The size of the result; that of the image if nil.
    public mutating func takeSpare(as format: ImageFormat? = nil) {
        swap(&values, &spare)
        if let format { self.format = format }
    }

    /// Values of a row.
    var rowCount: Int { format.width * format.channels }

    /// The values of a bordered image.
    static func borderedCount(_ format: ImageFormat, radius: Int) -> Int {
        (format.height + 2 * radius) * (format.width + 2 * radius) * format.channels
    }

    /// Copies the image with a border around it.
    ///
    /// - Parameters:
    ///   - radius: Pixels on each side.
    ///   - fill: What the border shows.
    ///   - copy: `[height + 2 radius, width + 2 radius, channel]`, overwritten.
    func copy(bordered radius: Int, _ fill: Fill, into copy: UnsafeMutablePointer<Float>) {
        let border = radius * format.channels
        let stride = rowCount + 2 * border
        for row in -radius..<format.height + radius {
            let start = copy + (row + radius) * stride
            guard let source = fill.source(of: row, count: format.height) else {
                start.update(repeating: 0, count: stride)
                continue
            }
            (start + border).update(from: values + source * rowCount, count: rowCount)
            extend(start + border, by: radius, fill)
        }
    }

    /// Writes the border on both sides of a row.
    ///
    /// - Parameters:
    ///   - row: `[width, channel]`, with room for the border on both sides.
    ///   - radius: Pixels on each side.
    ///   - fill: What the border shows.
    func extend(_ row: UnsafeMutablePointer<Float>, by radius: Int, _ fill: Fill) {
        let (width, channels) = (format.width, format.channels)
        for distance in 1...max(1, radius) where radius > 0 {
            for place in [-distance, width - 1 + distance] {
                let source = fill.source(of: place, count: width)
                for channel in 0..<channels {
                    row[place * channels + channel] =
                        source.map { row[$0 * channels + channel] } ?? 0
                }
            }
        }
    }
}
