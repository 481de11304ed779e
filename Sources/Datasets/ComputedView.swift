import Randomness

/// Images whose pixels are computed, as floats: preprocessing, one step for all operations that move
/// pixels, then those that compute new values, then normalisation.
///
/// An image that no operation changes has the bits that `StoredView` gives it.
final class ComputedView: ImageView {
    private let source: any ImageSource
    private let preprocessing: Preprocessing
    private let augmentation: Augmentation
    private let movesPixels: Bool
    private let sampler: AffineSampler
    private let normalizer: ImageNormalizer
    /// `byte / 255` for all bytes.
    private let table: UnsafeMutablePointer<Float>
    private var image: WorkingImage
    private var placement: ImagePlacement

    /// Allocates the memory.
    ///
    /// All operations fit the images, and `format` is their size after the preprocessing.
    init(
        _ source: any ImageSource, _ preprocessing: Preprocessing, _ augmentation: Augmentation,
        _ normalization: Normalization, _ format: ImageFormat
    ) {
        self.source = source
        self.preprocessing = preprocessing
        self.augmentation = augmentation
        movesPixels = !augmentation.geometricOperations.isEmpty
        sampler = AffineSampler(format: format, fill: augmentation.fill)
        normalizer = ImageNormalizer(normalization, channels: format.channels)
        table = .allocate(capacity: 256)
        for byte in 0..<256 { table[byte] = Float(byte) / 255 }
        var (passed, largestCount, scratchCount) = (source.format, source.format.elementCount, 0)
        for operation in preprocessing.operations + augmentation.pixelOperations {
            scratchCount = max(scratchCount, operation.scratchCount(for: passed))
            passed = operation.outputFormat(for: passed)
            largestCount = max(largestCount, passed.elementCount)
        }
        image = WorkingImage(
            format: source.format, largestCount: largestCount, scratchCount: scratchCount)
        placement = ImagePlacement(
            format: format, fill: augmentation.fill,
            keepsPixels: augmentation.placementKeepsPixels)
    }

    deinit {
        sampler.deallocate()
        normalizer.deallocate()
        table.deallocate()
        image.deallocate()
        placement.deallocate()
    }

    func write(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>) {
        load(source.pixels(at: index))
        preprocessing.apply(to: &image)
        if movesPixels {
            augmentation.place(&placement, key: key)
            if placement.keepsPixels {
                move()
            } else {
                sampler.sample(image.values, placement.map, into: image.spare)
            }
            image.takeSpare()
        }
        augmentation.apply(to: &image, key: key)
        normalizer.normalize(image.values, count: image.format.elementCount, into: output)
    }

    /// Takes the stored bytes.
    private func load(_ bytes: UnsafePointer<UInt8>) {
        let format = source.format
        image.begin(format)
        switch (format.channels, source.layout) {
        case (1, _), (_, .interleaved):
            for index in 0..<format.elementCount { image.values[index] = table[Int(bytes[index])] }
        case (3, .planar): load(planes: bytes, 3)
        case (let channels, .planar): load(planes: bytes, channels)
        }
    }

    @inline(__always)
    private func load(planes bytes: UnsafePointer<UInt8>, _ channels: Int) {
        let (values, table, planeCount) = (image.values, table, source.format.planeCount)
        for pixel in 0..<planeCount {
            for channel in 0..<channels {
                values[pixel * channels + channel] = table[Int(bytes[channel * planeCount + pixel])]
            }
        }
    }

    /// Moves whole pixels to the image's spare memory.
    private func move() {
        let channels = image.format.channels
        for (row, storedRow) in placement.rows.places.enumerated() {
            let result = image.spare + row * image.rowCount
            guard storedRow >= 0 else {
                result.update(repeating: 0, count: image.rowCount)
                continue
            }
            let stored = image.values + Int(storedRow) * image.rowCount
            for (column, storedColumn) in placement.columns.places.enumerated() {
                let place = Int(storedColumn) * channels
                for channel in 0..<channels {
                    result[column * channels + channel] = place < 0 ? 0 : stored[place + channel]
                }
            }
        }
    }
}

/// Normalises whole images: values from 0 to 1 become `(value − mean) / deviation`.
struct ImageNormalizer {
    /// Channels repeat after so many floats that make whole vectors.
    private let period: Int
    /// The mean for each float of a period, then the deviation for each.
    private let constants: UnsafeMutablePointer<Float>

    /// Allocates the constants; `deallocate` gives the memory back.
    init(_ normalization: Normalization, channels: Int) {
        period = channels * FloatVector.scalarCount
        constants = .allocate(capacity: 2 * period)
        for index in 0..<period {
            let column = normalization.mean.count == 1 ? 0 : index % channels
            constants[index] = normalization.mean[column]
            constants[period + index] = normalization.deviation[column]
        }
    }

    func deallocate() { constants.deallocate() }

    /// Normalises one image.
    ///
    /// - Parameters:
    ///   - values: `[height, width, channel]`.
    ///   - count: The number of values.
    ///   - output: As many values, overwritten; nothing behind them is touched.
    func normalize(
        _ values: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        let length = FloatVector.scalarCount
        var (offset, phase) = (0, 0)
        while offset + length <= count {
            let difference = values.vector(at: offset) - constants.vector(at: phase)
            output.store(difference / constants.vector(at: period + phase), at: offset)
            offset += length
            phase += length
            if phase == period { phase = 0 }
        }
        for index in offset..<count {
            let place = phase + index - offset
            output[index] = (values[index] - constants[place]) / constants[period + place]
        }
    }
}
