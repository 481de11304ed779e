import Randomness

/// Generated colour images, 32×32, ten classes of shapes and textures: a data set that needs no file.
///
/// Each image shows one shape or texture at a random place, in a random size, angle and colour, over
/// a background with a gradient, with noise and a few small distracting spots. All arithmetic is on
/// integers, so that the bytes are the same on every machine. A linear model cannot tell the classes
/// apart well; a small convolutional network can.
public struct BuiltinImages: ImageSource {
    /// The names of the classes.
    public static let classNames = Figure.allCases.map(\.name)

    /// What messages call the images.
    public let name: String
    /// 32×32×3.
    public let format = ImageFormat(
        height: BuiltinPainter.side, width: BuiltinPainter.side, channels: 3)
    /// `[height, width, channel]`.
    public let layout = PixelLayout.interleaved
    /// 10,000 for training, 2,000 for the test.
    public let count: Int
    /// Mean and deviation of the training images.
    public let normalization = Normalization(
        mean: [0.4927, 0.4991, 0.4963], deviation: [0.2968, 0.2973, 0.2978])
    private let bytes: ImmutableBytes

    /// The names of the classes.
    public var classNames: [String] { Self.classNames }

    /// Generates a split.
    ///
    /// - Parameter split: Training or test; the two have no image in common.
    public init(_ split: DatasetSplit) {
        name = "builtin \(split.rawValue)"
        let count = split == .training ? 10_000 : 2_000
        let imageByteCount = format.elementCount
        let key = RandomKey(seed: 0).derived("builtin").derived(split.rawValue)
        self.count = count
        bytes = ImmutableBytes(count: count * imageByteCount) { bytes in
            let painter = BuiltinPainter()
            for index in 0..<count {
                painter.paint(
                    Self.figure(at: index), key: key.derived(index),
                    into: bytes + index * imageByteCount)
            }
        }
    }

    /// The class of an image; the classes take turns, so that there are equally many of each.
    public func label(at index: Int) -> Int {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        return Self.figure(at: index).rawValue
    }

    /// The bytes of an image, `[height, width, channel]`.
    public func pixels(at index: Int) -> UnsafePointer<UInt8> {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        return bytes.start + index * format.elementCount
    }

    private static func figure(at index: Int) -> Figure {
        Figure.allCases[index % Figure.allCases.count]
    }
}
