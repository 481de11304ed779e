import Randomness

/// Images whose pixels are moved at most: augmentation, order of the values, conversion and
/// normalisation in one pass over the pixels.
final class StoredView: ImageView {
    private let source: any ImageSource
    private let format: ImageFormat
    private let augmentation: Augmentation
    /// Values of all bytes, `[channel, 256]`.
    private let table: UnsafeMutableBufferPointer<Float>
    private var placement: ImagePlacement

    /// Allocates the memory.
    init(
        _ source: any ImageSource, _ augmentation: Augmentation, _ normalization: Normalization
    ) {
        self.source = source
        self.augmentation = augmentation
        format = source.format
        let values = normalization.table(channels: format.channels)
        table = .allocate(capacity: values.count)
        _ = table.initialize(from: values)
        placement = ImagePlacement(format: format, fill: augmentation.fill, keepsPixels: true)
    }

    deinit {
        table.deallocate()
        placement.deallocate()
    }

    func write(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>) {
        augmentation.place(&placement, key: key)
        convert(source.pixels(at: index), into: output)
    }

    private func convert(_ bytes: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<Float>) {
        let rowCount = format.width * format.channels
        let storedRowCount = source.layout == .planar ? format.width : rowCount
        for row in 0..<format.height {
            let storedRow = Int(placement.rows.places[row])
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
        guard let columns = placement.columns.places.baseAddress, let table = table.baseAddress
        else { return }
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
