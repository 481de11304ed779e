import Randomness

/// Cuts out the middle of each image, as torchvision's `CenterCrop`.
public struct CenterCrop: PixelOperation {
    /// `center-crop`.
    public static let name = "center-crop"
    /// `center-crop:SIDE|HEIGHTxWIDTH`.
    public static let usage = "center-crop:SIDE|HEIGHTxWIDTH"

    /// Rows of the result.
    public let height: Int
    /// Columns of the result.
    public let width: Int

    /// Creates a crop from `center-crop:28` or `center-crop:28x24`.
    public init(parameters: inout OperationParameters) throws {
        let sides = try parameters.size()
        (height, width) = (sides[0], sides[sides.count - 1])
    }

    /// Refuses a result that is larger than the image.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        guard height > format.height || width > format.width else { return nil }
        return OperationObjection(
            expected: "at most \(format.height)x\(format.width) for \(format)",
            found: "center-crop:\(height)x\(width)")
    }

    /// The size that is asked for.
    public func outputFormat(for format: ImageFormat) -> ImageFormat {
        ImageFormat(height: height, width: width, channels: format.channels)
    }

    /// Copies the middle; of two middles the one whose distance from the border is even.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let (format, result) = (image.format, outputFormat(for: image.format))
        let top = Self.margin(format.height - height)
        let left = Self.margin(format.width - width)
        let rowCount = width * format.channels
        for row in 0..<height {
            (image.spare + row * rowCount).update(
                from: image.values + ((top + row) * format.width + left) * format.channels,
                count: rowCount)
        }
        image.takeSpare(as: result)
    }

    private static func margin(_ excess: Int) -> Int {
        Int((Double(excess) / 2).rounded(.toNearestOrEven))
    }
}
