import Randomness

/// Multiplies pixels by a factor, as torchvision's `adjust_brightness`.
public struct Brightness: PixelOperation {
    /// `brightness`.
    public static let name = "brightness"
    /// `brightness:AMOUNT`.
    public static let usage = "brightness:AMOUNT"

    /// The factors.
    public let factor: ParameterRange

    /// Creates the operation from `brightness:0.2` or `brightness:0.5..1.5`.
    public init(parameters: inout OperationParameters) throws {
        factor = try parameters.range("AMOUNT", in: 0...10, single: .around(1))
    }

    /// Multiplies all values by one of the factors; what is brighter than white becomes white.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let factor = Float(factor.value(key, at: 0))
        image.values.transform(count: image.format.elementCount) { ($0 * factor).limitedToUnit }
    }
}
