import Randomness

/// Turns stored images into a network's input: augmentation, order of the values, conversion and
/// normalisation in one pass over the pixels.
///
/// Each loader thread owns one; it allocates nothing after `init`.
struct ImageReader {
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
        let channels = format.channels
        let isPlanar = source.layout == .planar
        let pixelStride = isPlanar ? 1 : channels
        let channelStride = isPlanar ? format.planeCount : 1
        guard let tables = table.baseAddress, let columns = edit.columns.places.baseAddress else {
            return
        }
        for row in 0..<format.height {
            let storedRow = Int(edit.rows.places[row])
            let outputRow = output + row * format.width * channels
            for channel in 0..<channels {
                let values = tables + channel * 256
                let result = outputRow + channel
                guard storedRow >= 0 else {
                    fill(result, stride: channels, with: values[0])
                    continue
                }
                let stored =
                    bytes + channel * channelStride + storedRow * format.width * pixelStride
                for column in 0..<format.width {
                    let storedColumn = Int(columns[column])
                    result[column * channels] =
                        storedColumn < 0
                        ? values[0] : values[Int(stored[storedColumn * pixelStride])]
                }
            }
        }
    }

    private func fill(_ row: UnsafeMutablePointer<Float>, stride: Int, with value: Float) {
        for column in 0..<format.width { row[column * stride] = value }
    }
}
