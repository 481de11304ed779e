import Foundation
import Randomness

/// Smooths images but not their edges, as OpenCV's `bilateralFilter`: each pixel becomes the mean of
/// those in a disc around it, of which those of other colours count less; images are mirrored at
/// their borders.
///
/// Colours differ by the sum over channels of the differences from 0 to 1.
///
/// Source: Tomasi & Manduchi 1998.
public struct BilateralFilter: PixelOperation {
    /// `bilateral`.
    public static let name = "bilateral"
    /// `bilateral:DIAMETER:COLOR:SPACE`.
    public static let usage = "bilateral:DIAMETER:COLOR:SPACE"

    /// Pixels across the disc, odd.
    public let diameter: Int
    /// The deviation of the Gaussian over differences of colour.
    public let color: Double
    /// The deviation of the Gaussian over distances in pixels.
    public let space: Double

    /// Creates a filter from `bilateral` or `bilateral:5:0.1:1.5`.
    public init(parameters: inout OperationParameters) throws {
        diameter = try parameters.integer("DIAMETER", in: 3...15, default: 5)
        color = try parameters.number("COLOR", in: 0.001...10, default: 0.1)
        space = try parameters.number("SPACE", in: 0.1...100, default: 1.5)
        guard !diameter.isMultiple(of: 2) else {
            throw parameters.misunderstood("DIAMETER is odd")
        }
    }

    /// Refuses a disc that reaches beyond a mirrored image.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        let limit = 2 * min(format.height, format.width) - 1
        guard diameter > limit else { return nil }
        return OperationObjection(
            expected: "a diameter of at most \(limit) for \(format)",
            found: "bilateral:\(diameter)")
    }

    /// The image's channels with their borders, and a vector for each channel.
    public func scratchCount(for format: ImageFormat) -> Int {
        WorkingImage.borderedCount(format, radius: diameter / 2)
            + FloatVector.scalarCount * (format.channels + 1)
    }

    /// Computes a row's pixels, a vector of them at a time.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let format = image.format
        let planes = Planes(image, radius: diameter / 2)
        let sums = planes.end + floatSlack
        for row in 0..<format.height {
            for column in stride(from: 0, to: format.width, by: FloatVector.scalarCount) {
                let weight = add(around: planes.place(row, column), of: planes, to: sums)
                let count = min(FloatVector.scalarCount, format.width - column)
                let result = image.spare + (row * format.width + column) * format.channels
                for channel in 0..<format.channels {
                    let means = sums.vector(at: channel * FloatVector.scalarCount) / weight
                    for pixel in 0..<count {
                        result[pixel * format.channels + channel] = means[pixel]
                    }
                }
            }
        }
        image.takeSpare()
    }

    /// Adds up the discs around a vector of pixels.
    ///
    /// - Returns: The sums of the weights; those of the weighted values are in `sums`,
    ///   `[channel, vector]`.
    @inline(__always)
    private func add(
        around place: Int, of planes: Planes, to sums: UnsafeMutablePointer<Float>
    ) -> FloatVector {
        let radius = diameter / 2
        // exp(−d² / 2σ²) as powers of two.
        let colorFactor = Float(-0.5 * M_LOG2E / (color * color))
        let spaceFactor = Float(-0.5 * M_LOG2E / (space * space))
        sums.update(repeating: 0, count: planes.count * FloatVector.scalarCount)
        var total = FloatVector()
        for down in -radius...radius {
            for across in -radius...radius where down * down + across * across <= radius * radius {
                let other = place + down * planes.width + across
                var difference = FloatVector()
                for plane in 0..<planes.count {
                    let values = planes.start + plane * planes.size
                    difference += (values.vector(at: other) - values.vector(at: place)).magnitudes
                }
                let distance = spaceFactor * Float(down * down + across * across)
                let weight = (colorFactor * difference * difference + distance).powerOfTwo
                total += weight
                for plane in 0..<planes.count {
                    let values = planes.start + plane * planes.size
                    let offset = plane * FloatVector.scalarCount
                    sums.store(
                        sums.vector(at: offset) + weight * values.vector(at: other), at: offset)
                }
            }
        }
        return total
    }

    /// The channels of an image, each with a border.
    private struct Planes {
        let start: UnsafeMutablePointer<Float>
        let count: Int
        let width: Int
        let size: Int
        private let radius: Int

        /// Copies an image to its scratch memory.
        init(_ image: WorkingImage, radius: Int) {
            let format = image.format
            start = image.scratch
            count = format.channels
            width = format.width + 2 * radius
            size = width * (format.height + 2 * radius)
            self.radius = radius
            for row in 0..<format.height + 2 * radius {
                let storedRow = Fill.reflect.source(of: row - radius, count: format.height) ?? 0
                for column in 0..<width {
                    let storedColumn =
                        Fill.reflect.source(of: column - radius, count: format.width) ?? 0
                    let pixel =
                        image.values + (storedRow * format.width + storedColumn) * count
                    for plane in 0..<count {
                        start[plane * size + row * width + column] = pixel[plane]
                    }
                }
            }
        }

        /// Behind the last value.
        var end: UnsafeMutablePointer<Float> { start + count * size }

        /// Where a pixel of the image lies in each plane.
        func place(_ row: Int, _ column: Int) -> Int { (row + radius) * width + column + radius }
    }
}
