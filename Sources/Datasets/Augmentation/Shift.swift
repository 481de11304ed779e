import Randomness

/// Moves images to the right and down, by parts of pixels too, as the `translate` of torchvision's
/// `affine`.
public struct Shift: GeometricOperation {
    /// `shift`.
    public static let name = "shift"
    /// `shift:SHARE[:FILL]`.
    public static let usage = "shift:SHARE[:FILL]"

    /// By how much, as shares of the image's width to the right and of its height down.
    public let share: ParameterRange
    /// What is shown beyond the border, if it is named.
    public let fill: Fill?

    /// Creates a shift from `shift:0.1`, `shift:0..0.2` or `shift:0.1:edge`.
    public init(parameters: inout OperationParameters) throws {
        share = try parameters.range("SHARE", in: -1...1, single: .around(0))
        fill = try parameters.fill()
    }

    /// Moves the image to the right and, by another random share, down.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        image.transform(
            .translation(
                right: share.value(key, at: 0) * Double(image.width),
                down: share.value(key, at: 1) * Double(image.height)))
    }
}
