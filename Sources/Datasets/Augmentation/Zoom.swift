import Randomness

/// Enlarges or shrinks images about their centre, as the `scale` of torchvision's `affine`.
public struct Zoom: GeometricOperation {
    /// `zoom`.
    public static let name = "zoom"
    /// `zoom:AMOUNT[:FILL]`.
    public static let usage = "zoom:AMOUNT[:FILL]"

    /// The factors of widths and heights.
    public let factor: ParameterRange
    /// What is shown beyond the border, if it is named.
    public let fill: Fill?

    /// Creates a zoom from `zoom:0.2`, `zoom:1..1.5` or `zoom:0.2:edge`.
    public init(parameters: inout OperationParameters) throws {
        factor = try parameters.range("AMOUNT", in: 0.1...10, single: .around(1))
        fill = try parameters.fill()
    }

    /// Enlarges the image by one of the factors, the same across and down.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        let factor = factor.value(key, at: 0)
        image.transform(.scaling(across: factor, down: factor))
    }
}
