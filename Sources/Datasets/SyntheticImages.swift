import Diagnostics
import Randomness

/// Random bytes with random classes, for measuring speed: any format, any number of classes.
///
/// A few hundred different images are stored and repeated, so that a count of millions needs no
/// memory.
public struct SyntheticImages: ImageSource {
    private static let storedCount = 256

    /// What messages call the images.
    public let name = "synthetic"
    /// The size of every image.
    public let format: ImageFormat
    /// `[height, width, channel]`.
    public let layout = PixelLayout.interleaved
    /// As in `class 0`, `class 1`.
    public let classNames: [String]
    /// The number of images.
    public let count: Int
    /// Bytes become −1 to 1.
    public let normalization = Normalization.symmetric
    private let key: RandomKey
    private let stored: ImmutableBytes

    /// Creates the images.
    ///
    /// - Parameters:
    ///   - format: The size of every image.
    ///   - classCount: The number of classes, at least 1.
    ///   - count: The number of images, 1 to 2³¹ − 1.
    ///   - seed: What the bytes and classes are computed from.
    public init(format: ImageFormat, classCount: Int, count: Int, seed: UInt64 = 0) {
        precondition(
            classCount > 0 && count > 0 && count <= Int(Int32.max),
            "synthetic images need classes and images, got \(classCount) and \(count)")
        self.format = format
        self.count = count
        classNames = (0..<classCount).map { "class \($0)" }
        key = RandomKey(seed: seed).derived("synthetic")
        let pixels = key.derived("pixels")
        let byteCount = format.elementCount * min(count, Self.storedCount)
        stored = ImmutableBytes(count: byteCount) { bytes in
            for index in 0..<byteCount { bytes[index] = UInt8(pixels.bits(at: index) >> 56) }
        }
    }

    /// The class of an image.
    public func label(at index: Int) -> Int {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        return key.integer(below: classNames.count, at: index)
    }

    /// The bytes of an image, `[height, width, channel]`.
    public func pixels(at index: Int) -> UnsafePointer<UInt8> {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        return stored.start + (index % Self.storedCount) * format.elementCount
    }
}
