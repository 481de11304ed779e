import Randomness

/// Adds another image to each, weighted by shares of a symmetric beta distribution.
///
/// Source: Zhang et al. 2018.
public struct Mixup: MixingOperation {
    /// `mixup`.
    public static let name = "mixup"
    /// `mixup:ALPHA`.
    public static let usage = "mixup:ALPHA"

    /// Both parameters of the beta distribution.
    public let alpha: Double

    /// Creates a mixing from `mixup` or `mixup:0.2`.
    public init(parameters: inout OperationParameters) throws {
        alpha = try parameters.number("ALPHA", in: 0.01...100, default: 0.2)
    }

    /// The image becomes share · image + (1 − share) · partner.
    public func mix(
        _ image: UnsafeMutablePointer<Float>, with partner: UnsafePointer<Float>,
        format: ImageFormat, key: RandomKey
    ) -> Float {
        let share = Float(key.symmetricBeta(alpha))
        let rest = 1 - share
        for index in 0..<format.elementCount {
            image[index] = share * image[index] + rest * partner[index]
        }
        return share
    }
}
