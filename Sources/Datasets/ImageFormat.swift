/// The size of every image of a data set.
public struct ImageFormat: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Rows of an image, at least 1.
    public let height: Int
    /// Columns of an image, at least 1.
    public let width: Int
    /// Values of a pixel: 1 for grey, 3 for red, green and blue.
    public let channels: Int

    /// Creates a format.
    ///
    /// - Parameters:
    ///   - height: Rows of an image, at least 1.
    ///   - width: Columns of an image, at least 1.
    ///   - channels: Values of a pixel, at least 1.
    public init(height: Int, width: Int, channels: Int) {
        precondition(
            height > 0 && width > 0 && channels > 0,
            "an image needs rows, columns and channels, got \(height)×\(width)×\(channels)")
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// The pixels of one channel.
    public var planeCount: Int { height * width }

    /// The values of one image: its bytes on disk, its floats in a batch.
    public var elementCount: Int { height * width * channels }

    /// As in `32×32×3`: height, width, channels.
    public var description: String { "\(height)×\(width)×\(channels)" }
}

/// How the bytes of one image are ordered.
public enum PixelLayout: Hashable, Sendable {
    /// `[channel, height, width]`, as in CIFAR-10's binary files.
    case planar
    /// `[height, width, channel]`.
    case interleaved
}
