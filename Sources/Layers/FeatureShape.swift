/// The extents of one image's features; in memory [height, width, channel], channels innermost.
public struct FeatureShape: Hashable, Sendable, CustomStringConvertible {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Channels, or the length of a plain vector when height and width are 1.
    public let channels: Int

    /// Creates a shape.
    ///
    /// - Parameters:
    ///   - height: Rows, at least 1.
    ///   - width: Columns, at least 1.
    ///   - channels: Channels, at least 1.
    public init(height: Int, width: Int, channels: Int) {
        precondition(
            min(height, width, channels) > 0,
            "extents must be positive: \(height)×\(width)×\(channels)")
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// The shape of a plain vector.
    ///
    /// - Parameter count: Its length, at least 1.
    /// - Returns: The shape.
    public static func vector(_ count: Int) -> FeatureShape {
        FeatureShape(height: 1, width: 1, channels: count)
    }

    /// Pixels of one image.
    public var pixelCount: Int { height * width }
    /// Floats of one image.
    public var count: Int { height * width * channels }
    /// Whether there is just one pixel.
    public var isVector: Bool { height == 1 && width == 1 }

    /// As in `32×32×3`.
    public var description: String { isVector ? "\(channels)" : "\(height)×\(width)×\(channels)" }
}
