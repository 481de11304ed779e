import Randomness

/// Mirrors half of the images, left to right.
public struct HorizontalFlip: AugmentationOperation {
    /// `flip`.
    public static let name = "flip"
    /// `flip`.
    public static let usage = "flip"

    /// Creates a flip.
    public init() {}

    /// Creates a flip from `flip`.
    public init(parameters: [String]) throws {
        guard parameters.isEmpty else { throw Self.misunderstood(parameters) }
    }

    /// Mirrors the columns with probability 1/2.
    public func apply(to image: inout ImageEdit, key: RandomKey) {
        if key.integer(below: 2, at: 0) == 1 { image.columns.reverse() }
    }
}
