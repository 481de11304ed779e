import Foundation
import Randomness

/// Blurs images by a Gaussian, as torchvision's `gaussian_blur` and OpenCV's `GaussianBlur` with
/// 2⌈3σ⌉ + 1 values of it; images are mirrored at their borders.
public struct GaussianBlur: PixelOperation {
    /// `blur`.
    public static let name = "blur"
    /// `blur:SIGMA`.
    public static let usage = "blur:SIGMA"

    /// The deviations of the Gaussian, in pixels.
    public let sigma: ParameterRange

    /// Creates a blur from `blur:1` or `blur:0.1..2.0`.
    public init(parameters: inout OperationParameters) throws {
        sigma = try parameters.range("SIGMA", in: 0.05...100, single: .fixed)
    }

    /// Refuses a Gaussian that reaches beyond a mirrored image.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        let limit = min(format.height, format.width) - 1
        guard Self.radius(sigma.high) > limit else { return nil }
        return OperationObjection(
            expected: "a sigma of at most \(Double(limit) / 3) for \(format)",
            found: "blur:\(sigma.high.short)")
    }

    /// Half of the weights, and a row with its border.
    public func scratchCount(for format: ImageFormat) -> Int {
        let radius = Self.radius(sigma.high)
        return radius + 1 + (format.width + 2 * radius) * format.channels + floatSlack
    }

    /// Blurs the image by one of the deviations: each row from those above and below it, then
    /// along the row.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let sigma = sigma.value(key, at: 0)
        let radius = Self.radius(sigma)
        let weights = image.scratch
        Self.writeWeights(sigma, radius, to: weights)
        let channels = image.format.channels
        let line = weights + radius + 1 + radius * channels
        for row in 0..<image.format.height {
            Self.blurDown(image, row, weights, radius, into: line)
            image.extend(line, by: radius, .reflect)
            let result = image.spare + row * image.rowCount
            var offset = 0
            while offset < image.rowCount {
                var sum = weights[0] * line.vector(at: offset)
                for distance in 1...radius {
                    let reach = distance * channels
                    sum +=
                        weights[distance]
                        * (line.vector(at: offset - reach) + line.vector(at: offset + reach))
                }
                result.store(sum, at: offset)
                offset += FloatVector.scalarCount
            }
        }
        image.takeSpare()
    }

    /// How far the Gaussian reaches.
    private static func radius(_ sigma: Double) -> Int { Int((3 * sigma).rounded(.up)) }

    /// Writes the weight of the middle and of one side; all of both sides add up to 1.
    private static func writeWeights(
        _ sigma: Double, _ radius: Int, to weights: UnsafeMutablePointer<Float>
    ) {
        func density(_ distance: Int) -> Double {
            exp(-0.5 * Double(distance * distance) / (sigma * sigma))
        }
        let sum = (1...radius).reduce(1) { $0 + 2 * density($1) }
        for distance in 0...radius { weights[distance] = Float(density(distance) / sum) }
    }

    /// Writes one row, blurred from above and below.
    private static func blurDown(
        _ image: WorkingImage, _ row: Int, _ weights: UnsafePointer<Float>, _ radius: Int,
        into line: UnsafeMutablePointer<Float>
    ) {
        let height = image.format.height
        func start(_ row: Int) -> UnsafePointer<Float> {
            let source = Fill.reflect.source(of: row, count: height) ?? 0
            return UnsafePointer(image.values + source * image.rowCount)
        }
        let middle = start(row)
        var offset = 0
        while offset < image.rowCount {
            line.store(weights[0] * middle.vector(at: offset), at: offset)
            offset += FloatVector.scalarCount
        }
        for distance in 1...radius {
            let (above, below) = (start(row - distance), start(row + distance))
            let weight = weights[distance]
            var offset = 0
            while offset < image.rowCount {
                let both = above.vector(at: offset) + below.vector(at: offset)
                line.store(line.vector(at: offset) + weight * both, at: offset)
                offset += FloatVector.scalarCount
            }
        }
    }
}
