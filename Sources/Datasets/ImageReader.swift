import Randomness

/// Turns stored images into a network's input: augmentation, order of the values, conversion and
/// normalisation in one pass over the pixels.
///
/// Each loader thread owns one; it allocates nothing after `init`.
struct ImageReader: InputReader {
    private let source: any ImageSource
    private let format: ImageFormat
    private let augmentation: Augmentation
    /// Values of all bytes, `[channel, 256]`.
    private let table: UnsafeMutableBufferPointer<Float>
    private var edit: ImageEdit

    /// Allocates a reader; `deallocate` gives the memory back.
    init(source: any ImageSource, augmentation: Augmentation, normalization: Normalization) {
        self.source = source
        self.augmentation = augmentation
        format = source.format
        let values = normalization.table(channels: format.channels)
        table = .allocate(capacity: values.count)
        _ = table.initialize(from: values)
        edit = ImageEdit(
            rows: AxisMap(count: format.height), columns: AxisMap(count: format.width))
    }

    func deallocate() {
        table.deallocate()
        edit.rows.deallocate()
        edit.columns.deallocate()
    }

    /// Writes one image.
    ///
    /// - Parameters:
    ///   - index: The image in the source.
    ///   - key: The key of (seed, epoch); the image's own key is derived from it.
    ///   - output: `[height, width, channel]`, overwritten.
    mutating func read(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>) {
        edit.rows.reset()
        edit.columns.reset()
        augmentation.apply(to: &edit, key: key.derived(index))
        convert(source.pixels(at: index), into: output)
    }

    private func convert(_ bytes: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<Float>) {
        let rowCount = format.width * format.channels
        let storedRowCount = source.layout == .planar ? format.width : rowCount
        for row in 0..<format.height {
            let storedRow = Int(edit.rows.places[row])
            let stored = storedRow < 0 ? nil : bytes + storedRow * storedRowCount
            let result = output + row * rowCount
            // Constants in the calls let the compiler unroll the loop over channels.
            switch (format.channels, source.layout) {
            case (1, _): convert(stored, 1, 1, 0, into: result)
            case (3, .planar): convert(stored, 3, 1, format.planeCount, into: result)
            case (3, .interleaved): convert(stored, 3, 3, 1, into: result)
            case (let channels, .planar):
                convert(stored, channels, 1, format.planeCount, into: result)
            case (let channels, .interleaved):
                convert(stored, channels, channels, 1, into: result)
            }
        }
    }

    /// Writes one row; black padding if there is no stored row.
    @inline(__always)
    private func convert(
        _ stored: UnsafePointer<UInt8>?, _ channels: Int, _ pixelStride: Int, _ channelStride: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        guard let columns = edit.columns.places.baseAddress, let table = table.baseAddress else {
            return
        }
        for column in 0..<format.width {
            let pixel = result + column * channels
            let place = Int(columns[column])
            guard let stored, place >= 0 else {
                for channel in 0..<channels { pixel[channel] = table[256 * channel] }
                continue
            }
            for channel in 0..<channels {
                let byte = stored[place * pixelStride + channel * channelStride]
                pixel[channel] = table[256 * channel + Int(byte)]
            }
        }
    }
}
