import Randomness

/// Moves pixels away from the image's mean grey or towards it, as torchvision's `adjust_contrast`.
public struct Contrast: PixelOperation {
    /// `contrast`.
    public static let name = "contrast"
    /// `contrast:AMOUNT`.
    public static let usage = "contrast:AMOUNT"
    /// How much red, green and blue count in a grey.
    ///
    /// Source: ITU-R BT.601 as in torchvision.
    private static let luminance: [Double] = [0.2989, 0.587, 0.114]

    /// The factors.
    public let factor: ParameterRange

    /// Creates the operation from `contrast:0.2` or `contrast:0.5..1.5`.
    public init(parameters: inout OperationParameters) throws {
        factor = try parameters.range("AMOUNT", in: 0...10, single: .around(1))
    }

    /// Multiplies the distances from the mean grey by one of the factors; what is beyond black and
    /// white becomes black and white.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let factor = factor.value(key, at: 0)
        let grey = Float((1 - factor) * Self.meanGrey(of: image))
        let scale = Float(factor)
        image.values.transform(count: image.format.elementCount) {
            (scale * $0 + grey).limitedToUnit
        }
    }

    /// The mean over all pixels of their greys; of images that are not coloured, of all values.
    private static func meanGrey(of image: WorkingImage) -> Double {
        let (values, count) = (image.values, image.format.elementCount)
        guard image.format.channels == 3 else {
            var sum = 0.0
            for index in 0..<count { sum += Double(values[index]) }
            return sum / Double(count)
        }
        var (red, green, blue) = (0.0, 0.0, 0.0)
        for start in stride(from: 0, to: count, by: 3) {
            red += Double(values[start])
            green += Double(values[start + 1])
            blue += Double(values[start + 2])
        }
        let sum = luminance[0] * red + luminance[1] * green + luminance[2] * blue
        return sum / Double(count / 3)
    }
}
