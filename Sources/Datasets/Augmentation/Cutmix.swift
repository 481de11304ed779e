import Randomness

/// Replaces a rectangle of each image by that of another one; its share of the area has a symmetric
/// beta distribution but for what lies beyond the borders.
///
/// Source: Yun et al. 2019; the rectangle is chosen as by torchvision's `CutMix`.
public struct Cutmix: MixingOperation {
    /// `cutmix`.
    public static let name = "cutmix"
    /// `cutmix:ALPHA`.
    public static let usage = "cutmix:ALPHA"

    /// Both parameters of the beta distribution.
    public let alpha: Double

    /// Creates a mixing from `cutmix` or `cutmix:1`.
    public init(parameters: inout OperationParameters) throws {
        alpha = try parameters.number("ALPHA", in: 0.01...100, default: 1)
    }

    /// Copies the rectangle; the share is that of the pixels which the image keeps.
    public func mix(
        _ image: UnsafeMutablePointer<Float>, with partner: UnsafePointer<Float>,
        format: ImageFormat, key: RandomKey
    ) -> Float {
        let half = 0.5 * (1 - key.symmetricBeta(alpha)).squareRoot()
        let place = key.derived("place")
        func sides(_ length: Int, _ index: Int) -> Range<Int> {
            let centre = place.integer(below: length, at: index)
            let reach = Int(half * Double(length))
            return max(centre - reach, 0)..<min(centre + reach, length)
        }
        let columns = sides(format.width, 0)
        let rows = sides(format.height, 1)
        for row in rows {
            let start = (row * format.width + columns.lowerBound) * format.channels
            (image + start).update(
                from: partner + start, count: columns.count * format.channels)
        }
        return 1 - Float(rows.count * columns.count) / Float(format.planeCount)
    }
}
