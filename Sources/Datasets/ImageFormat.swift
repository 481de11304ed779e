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

    /// Reads a format.
    ///
    /// - Parameter decoder: Holds the three extents.
    /// - Throws: `DecodingError` if they are no image's.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let extents = try [.height, .width, .channels].map {
            try values.decode(Int.self, forKey: $0)
        }
        guard Self.isPossible(extents) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "no image has the extents \(extents)"))
        }
        self.init(height: extents[0], width: extents[1], channels: extents[2])
    }

    /// Whether an image has such extents: all above 0, and at most 2³¹ − 1 values.
    static func isPossible(_ extents: [Int]) -> Bool {
        var count = 1
        for extent in extents {
            guard extent > 0, extent <= Int(Int32.max) / count else { return false }
            count *= extent
        }
        return true
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
