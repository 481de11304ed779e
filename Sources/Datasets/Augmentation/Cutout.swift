import Randomness

/// Hides a square of each image, whose centre is equally likely to be any pixel; at the borders less
/// than the square.
///
/// Source: DeVries & Taylor 2017, who hide it after normalisation; here it is black by default.
public struct Cutout: PixelOperation {
    /// `cutout`.
    public static let name = "cutout"
    /// `cutout:SIDE[:GREY]`.
    public static let usage = "cutout:SIDE[:GREY]"

    /// Pixels of the square's side.
    public let side: Int
    /// What the square shows, from 0 (black) to 1.
    public let grey: Double

    /// Creates a cutout from `cutout:8` or `cutout:8:0.5`.
    public init(parameters: inout OperationParameters) throws {
        side = try parameters.integer("SIDE", in: 1...4096)
        grey = try parameters.number("GREY", in: 0...1, default: 0)
    }

    /// Refuses a square that is larger than the image.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        let limit = min(format.height, format.width)
        guard side > limit else { return nil }
        return OperationObjection(
            expected: "a side of at most \(limit) for \(format)", found: "cutout:\(side)")
    }

    /// Hides the square.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let format = image.format
        let top = key.integer(below: format.height, at: 0) - side / 2
        let left = key.integer(below: format.width, at: 1) - side / 2
        let columns = max(left, 0)..<min(left + side, format.width)
        for row in max(top, 0)..<min(top + side, format.height) {
            let start = (row * format.width + columns.lowerBound) * format.channels
            (image.values + start).update(
                repeating: Float(grey), count: columns.count * format.channels)
        }
    }
}
