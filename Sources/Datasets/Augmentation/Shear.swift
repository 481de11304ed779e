import Randomness

/// Lets images lean to the right, as the `shear` along x of torchvision's `affine`.
public struct Shear: GeometricOperation {
    /// `shear`.
    public static let name = "shear"
    /// `shear:DEGREES[:FILL]`.
    public static let usage = "shear:DEGREES[:FILL]"

    /// By how much columns lean, in degrees.
    public let degrees: ParameterRange
    /// What is shown beyond the border, if it is named.
    public let fill: Fill?

    /// Creates a shear from `shear:10`, `shear:0..20` or `shear:10:edge`.
    public init(parameters: inout OperationParameters) throws {
        degrees = try parameters.range("DEGREES", in: -60...60, single: .around(0))
        fill = try parameters.fill()
    }

    /// Lets the image lean by one of the angles; its middle row stays where it is.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        image.transform(.shear(degrees: degrees.value(key, at: 0)))
    }
}
