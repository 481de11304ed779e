import Randomness

/// Pads every side of an image and cuts a window of the image's own size out at a random place.
///
/// As torchvision's `RandomCrop(size, padding: p)` on raw images: padding is made of pixels of value
/// 0 *before* normalisation, so that it becomes `(0 − mean) / deviation`, black and not mean grey.
/// Each of the (2p + 1)² windows is equally likely.
public struct RandomCrop: GeometricOperation {
    /// `crop`.
    public static let name = "crop"
    /// `crop:PADDING[:FILL]`.
    public static let usage = "crop:PADDING[:FILL]"
    /// True.
    public static let keepsPixels = true

    /// Pixels added on each side.
    public let padding: Int
    /// What the added pixels show, if it is named.
    public let fill: Fill?

    /// Creates a crop.
    ///
    /// - Parameters:
    ///   - padding: Pixels added on each side, at least 1.
    ///   - fill: What the added pixels show; as other operations say if nil.
    public init(padding: Int = 4, fill: Fill? = nil) {
        precondition(padding > 0, "a crop needs a padding of at least 1, got \(padding)")
        self.padding = padding
        self.fill = fill
    }

    /// Creates a crop from `crop`, `crop:4` or `crop:4:reflect`.
    public init(parameters: inout OperationParameters) throws {
        let padding = try parameters.integer("PADDING", in: 1...4096, default: 4)
        self.init(padding: padding, fill: try parameters.fill())
    }

    /// Refuses a padding that is not less than the image.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        let limit = min(format.height, format.width) - 1
        guard padding > limit else { return nil }
        return OperationObjection(
            expected: "a padding of at most \(limit) for \(format)", found: "crop:\(padding)")
    }

    /// Moves the image by up to the padding, down or up and right or left.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        let positions = 2 * padding + 1
        let top = key.integer(below: positions, at: 0)
        let left = key.integer(below: positions, at: 1)
        image.moveWindow(right: left - padding, down: top - padding)
    }
}
