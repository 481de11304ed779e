/// The map from a pixel's byte to the number a network sees: `(byte / 255 − mean) / deviation`.
///
/// Computed in `Float` in this order of operations, which gives the bits of torchvision's `ToTensor`
/// followed by `Normalize`.
public struct Normalization: Hashable, Sendable, Codable {
    /// The mean of values from 0 to 1: one a channel, or a single one for all channels.
    public let mean: [Float]
    /// The standard deviation of values from 0 to 1, above 0; as many as there are means.
    public let deviation: [Float]

    /// Creates a normalization.
    ///
    /// - Parameters:
    ///   - mean: One value a channel, or a single one for all channels.
    ///   - deviation: As many values, each above 0.
    public init(mean: [Float], deviation: [Float]) {
        precondition(
            !mean.isEmpty && mean.count == deviation.count,
            "a normalization needs as many means as deviations, got \(mean) and \(deviation)")
        precondition(
            deviation.allSatisfy { $0 > 0 }, "deviations must be above 0, got \(deviation)")
        self.mean = mean
        self.deviation = deviation
    }

    /// Bytes become 0 to 1.
    public static let unit = Normalization(mean: [0], deviation: [1])

    /// Bytes become −1 to 1.
    public static let symmetric = Normalization(mean: [0.5], deviation: [0.5])

    /// The constants of CIFAR-10's training images.
    public static let cifar10 = Normalization(
        mean: [0.4914, 0.4822, 0.4465], deviation: [0.2470, 0.2435, 0.2616])

    /// The constants of MNIST's training images.
    public static let mnist = Normalization(mean: [0.1307], deviation: [0.3081])

    /// The constants of Fashion-MNIST's training images.
    public static let fashionMNIST = Normalization(mean: [0.2860], deviation: [0.3530])

    /// Reads constants.
    ///
    /// - Parameter decoder: Holds means and deviations.
    /// - Throws: `DecodingError` if they are no normalisation's.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let mean = try values.decode([Float].self, forKey: .mean)
        let deviation = try values.decode([Float].self, forKey: .deviation)
        guard !mean.isEmpty, mean.count == deviation.count, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0 > 0 && $0.isFinite })
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "no means with as many deviations above 0"))
        }
        self.init(mean: mean, deviation: deviation)
    }

    /// Whether the constants can be used for images of so many channels.
    ///
    /// - Parameter channels: Values of a pixel.
    /// - Returns: Whether there is one value a channel, or one for all.
    public func fits(channels: Int) -> Bool { mean.count == 1 || mean.count == channels }

    /// The value of a byte.
    ///
    /// - Parameters:
    ///   - byte: The pixel's value, 0 to 255.
    ///   - channel: The channel of the pixel.
    /// - Returns: `(byte / 255 − mean) / deviation`.
    public func value(of byte: UInt8, channel: Int) -> Float {
        let column = mean.count == 1 ? 0 : channel
        return (Float(byte) / 255 - mean[column]) / deviation[column]
    }

    /// The values of all bytes, `[channel, 256]`.
    ///
    /// - Parameter channels: Values of a pixel.
    /// - Returns: The values, those of a channel together.
    func table(channels: Int) -> [Float] {
        (0..<channels).flatMap { channel in
            (0...255).map { value(of: UInt8($0), channel: channel) }
        }
    }
}
