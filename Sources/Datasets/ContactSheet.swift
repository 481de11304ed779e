import Diagnostics
import Randomness

/// Pictures of training images before and after preprocessing and augmentation, each pair one above
/// the other.
public struct ContactSheet: Sendable {
    /// Pairs beside each other.
    private static let pairsPerRow = 8
    /// The pixels to which small images are enlarged, each pixel to a square.
    private static let smallestSide = 64
    /// Pixels between pictures.
    private static let gap = 4
    private static let background: UInt8 = 32
    private static let largestByteCount = 1 << 28

    private let preprocessing: Preprocessing
    private let augmentation: Augmentation
    private let seed: UInt64
    private let epoch: Int

    /// Describes a sheet.
    ///
    /// - Parameters:
    ///   - preprocessing: What is done to every image before anything else.
    ///   - augmentation: Random changes.
    ///   - seed: The seed of the run whose images are shown.
    ///   - epoch: The epoch of that run, from 0.
    public init(
        preprocessing: Preprocessing, augmentation: Augmentation, seed: UInt64, epoch: Int
    ) {
        self.preprocessing = preprocessing
        self.augmentation = augmentation
        self.seed = seed
        self.epoch = epoch
    }

    /// Draws the first images of a source.
    ///
    /// Grey and coloured images alone can be drawn.
    ///
    /// - Parameters:
    ///   - source: The images.
    ///   - count: How many of them, at least 1; all if it has fewer.
    /// - Returns: The picture: in rows of eight pairs, the stored image above, what the network would
    ///   get below, but for the normalisation.
    /// - Throws: `Failure` with `.usage` if an operation does not fit the images or the picture would be
    ///   too large, with `.badData` if they are neither grey nor coloured.
    public func draw(_ source: any ImageSource, count: Int) throws -> PNGImage {
        let channels = source.format.channels
        guard channels == 1 || channels == 3 else {
            throw Failure(
                .badData, in: source.name, expected: "grey or coloured images",
                found: "\(channels) channels")
        }
        let plain = try ImageInput(source, normalization: .unit)
        let changed = try ImageInput(
            source, preprocessing: preprocessing, augmentation: augmentation, normalization: .unit)
        let key = RandomKey(seed: seed).derived("augment").derived(epoch)
        let count = min(count, source.count)
        let grid = Grid(before: plain.format, after: changed.format, count: count)
        let (pixels, isTooMany) = grid.height.multipliedReportingOverflow(by: grid.width * channels)
        guard !isTooMany, pixels <= Self.largestByteCount else {
            throw Failure(
                .usage, in: "--count",
                expected: "a picture of at most \((Self.largestByteCount >> 20).grouped) MiB",
                found: "\(grid.height.grouped) × \(grid.width.grouped) pixels",
                fix: "show fewer images, or smaller ones")
        }
        var picture = PNGImage(
            height: grid.height, width: grid.width, channels: channels, grey: Self.background)
        let room = max(plain.format.elementCount, changed.format.elementCount)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: room) { memory in
            guard let values = memory.baseAddress else { return }
            for (place, input) in [plain, changed].enumerated() {
                var reader = input.makeReader()
                defer { reader.deallocate() }
                for image in 0..<count {
                    reader.read(image, key: key, into: values)
                    grid.draw(values, input.format, image, place, on: &picture)
                }
            }
        }
        return picture
    }

    /// Where pictures lie on the sheet.
    private struct Grid {
        let height: Int
        let width: Int
        private let cellWidth: Int
        private let pairHeight: Int
        private let beforeHeight: Int
        /// Pixels of the sheet's squares for pixels of an image.
        private let scale: Int

        init(before: ImageFormat, after: ImageFormat, count: Int) {
            let smallest = min(before.height, before.width)
            scale = max(1, (smallestSide + smallest - 1) / smallest)
            cellWidth = max(before.width, after.width) * scale + gap
            beforeHeight = before.height * scale
            // Pairs are further apart than the pictures of a pair.
            pairHeight = (before.height + after.height) * scale + 3 * gap
            let columns = min(count, pairsPerRow)
            width = columns * cellWidth + gap
            height = (count + pairsPerRow - 1) / pairsPerRow * pairHeight + gap
        }

        /// Draws one picture.
        ///
        /// - Parameters:
        ///   - values: From 0 to 1, `[height, width, channel]`.
        ///   - format: Their size.
        ///   - pair: Which pair.
        ///   - place: 0 for the upper one, 1 for the lower.
        ///   - picture: The sheet.
        func draw(
            _ values: UnsafePointer<Float>, _ format: ImageFormat, _ pair: Int, _ place: Int,
            on picture: inout PNGImage
        ) {
            let left = gap + pair % pairsPerRow * cellWidth
            let top = gap + pair / pairsPerRow * pairHeight + place * (beforeHeight + gap)
            for row in 0..<format.height * scale {
                for column in 0..<format.width * scale {
                    let pixel = row / scale * format.width + column / scale
                    for channel in 0..<format.channels {
                        let value = values[pixel * format.channels + channel]
                        picture[top + row, left + column, channel] = UInt8((value * 255).rounded())
                    }
                }
            }
        }
    }
}
