import Randomness

/// Turns images about their centre, counter-clockwise, as torchvision's `rotate`.
public struct Rotation: GeometricOperation {
    /// `rotate`.
    public static let name = "rotate"
    /// `rotate:DEGREES[:FILL]`.
    public static let usage = "rotate:DEGREES[:FILL]"

    /// The angles in degrees.
    public let degrees: ParameterRange
    /// What is shown beyond the border, if it is named.
    public let fill: Fill?

    /// Creates a rotation from `rotate:15`, `rotate:-5..30` or `rotate:15:reflect`.
    public init(parameters: inout OperationParameters) throws {
        degrees = try parameters.range("DEGREES", in: -180...180, single: .around(0))
        fill = try parameters.fill()
    }

    /// Turns the image by one of the angles.
    public func place(_ image: inout ImagePlacement, key: RandomKey) {
        image.transform(.rotation(degrees: degrees.value(key, at: 0)))
    }
}
