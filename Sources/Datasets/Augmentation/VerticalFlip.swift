import Randomness

/// Mirrors half of the images, top to bottom.
public struct VerticalFlip: GeometricOperation {
    /// `vertical-flip`.
    public static let name = "vertical-flip"
    /// `vertical-flip`.
    public static let usage = "vertical-flip"
    /// True.
    public static let keepsPixels = true

    /// Creates a flip from `vertical-flip`.
    public init(parameters: inout OperationParameters) throws {}

    /// Mirrors the rows with probability 1/2.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        if key.integer(below: 2, at: 0) == 1 { image.reverseRows() }
    }
}
