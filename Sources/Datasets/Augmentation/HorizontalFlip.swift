import Randomness

/// Mirrors half of the images, left to right.
public struct HorizontalFlip: GeometricOperation {
    /// `flip`.
    public static let name = "flip"
    /// `flip`.
    public static let usage = "flip"
    /// True.
    public static let keepsPixels = true

    /// Creates a flip from `flip`.
    public init(parameters: inout OperationParameters) throws {}

    /// Mirrors the columns with probability 1/2.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        if key.integer(below: 2, at: 0) == 1 { image.reverseColumns() }
    }
}
