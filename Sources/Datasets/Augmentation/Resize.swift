import Diagnostics
import Randomness

/// Makes images larger or smaller, bilinearly; where they become smaller, each pixel is a mean over
/// all pixels that it covers, weighted by a triangle.
///
/// As torch's `interpolate(mode: "bilinear", antialias: True)`, which is what torchvision's `Resize`
/// does; without such means small pictures of fine patterns would show patterns that are not there.
public struct Resize: PixelOperation {
    /// `resize`.
    public static let name = "resize"
    /// `resize:SIDE|HEIGHTxWIDTH`.
    public static let usage = "resize:SIDE|HEIGHTxWIDTH"

    private let sides: [Int]

    /// Creates the operation from `resize:32`, which is the length of the shorter side while the
    /// longer one stays in proportion, or from `resize:32x48`.
    public init(parameters: inout OperationParameters) throws { sides = try parameters.size() }

    /// Refuses a result that is no image, as the longer side of a narrow one may be.
    public func objection(to format: ImageFormat) -> OperationObjection? {
        let (height, width) = size(for: format)
        guard !ImageFormat.isPossible([height, width, format.channels]) else { return nil }
        return OperationObjection(
            expected: "at most \(Int(Int32.max).grouped) values of an image",
            found: "\(height)x\(width) from \(format)")
    }

    /// The size that is asked for.
    public func outputFormat(for format: ImageFormat) -> ImageFormat {
        let (height, width) = size(for: format)
        return ImageFormat(height: height, width: width, channels: format.channels)
    }

    private func size(for format: ImageFormat) -> (height: Int, width: Int) {
        guard sides.count == 1 else { return (sides[0], sides[1]) }
        let shorter = min(format.height, format.width)
        return (sides[0] * format.height / shorter, sides[0] * format.width / shorter)
    }

    /// The weights of both axes, and the image at its new height.
    public func scratchCount(for format: ImageFormat) -> Int {
        let result = outputFormat(for: format)
        return ResizedAxis(format.height, to: result.height).weightCount
            + ResizedAxis(format.width, to: result.width).weightCount
            + result.height * format.width * format.channels + floatSlack
    }

    /// Changes the height, then the width.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let (format, result) = (image.format, outputFormat(for: image.format))
        let rows = ResizedAxis(format.height, to: result.height)
        let columns = ResizedAxis(format.width, to: result.width)
        let rowWeights = image.scratch
        let columnWeights = rowWeights + rows.weightCount
        let high = columnWeights + columns.weightCount
        rows.write(to: rowWeights)
        columns.write(to: columnWeights)
        let rowCount = format.width * format.channels
        for row in 0..<result.height {
            rows.mean(
                of: image.values, rowCount: rowCount, at: row, rowWeights,
                into: high + row * rowCount)
        }
        for row in 0..<result.height {
            columns.means(
                of: high + row * rowCount, channels: format.channels, columnWeights,
                into: image.spare + row * result.width * format.channels)
        }
        image.takeSpare(as: result)
    }
}

/// One axis of images that become longer or shorter along it.
private struct ResizedAxis {
    private let count: Int
    private let resultCount: Int
    /// Stored pixels for one of the result.
    private let scale: Double
    /// Half of the triangle's base.
    private let support: Double
    private let tapCount: Int

    init(_ count: Int, to resultCount: Int) {
        self.count = count
        self.resultCount = resultCount
        scale = Double(count) / Double(resultCount)
        support = max(scale, 1)
        tapCount = 2 * Int(support.rounded(.up)) + 1
    }

    /// The number of weights of all pixels of the result.
    var weightCount: Int { resultCount * tapCount }

    /// The stored pixels that a pixel of the result is made of.
    @inline(__always)
    private func taps(_ place: Int) -> Range<Int> {
        let centre = scale * (Double(place) + 0.5)
        let first = max(Int(centre - support + 0.5), 0)
        return first..<min(Int(centre + support + 0.5), count)
    }

    /// Writes the weights, `[resultCount, tapCount]`.
    func write(to weights: UnsafeMutablePointer<Float>) {
        for place in 0..<resultCount {
            let taps = taps(place)
            let centre = scale * (Double(place) + 0.5)
            func height(_ tap: Int) -> Double {
                max(0, 1 - abs(Double(tap) + 0.5 - centre) / support)
            }
            let sum = taps.reduce(0) { $0 + height($1) }
            for tap in taps {
                weights[place * tapCount + tap - taps.lowerBound] = Float(height(tap) / sum)
            }
        }
    }

    /// Writes one row of the result from the rows that it is made of.
    func mean(
        of rows: UnsafePointer<Float>, rowCount: Int, at place: Int,
        _ weights: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
    ) {
        let taps = taps(place)
        var offset = 0
        while offset < rowCount {
            var sum = FloatVector()
            for tap in taps {
                let weight = weights[place * tapCount + tap - taps.lowerBound]
                sum += weight * rows.vector(at: tap * rowCount + offset)
            }
            result.store(sum, at: offset)
            offset += FloatVector.scalarCount
        }
    }

    /// Writes one row from a row of the old width.
    func means(
        of row: UnsafePointer<Float>, channels: Int, _ weights: UnsafePointer<Float>,
        into result: UnsafeMutablePointer<Float>
    ) {
        for place in 0..<resultCount {
            let taps = taps(place)
            for channel in 0..<channels {
                var sum: Float = 0
                for tap in taps {
                    sum +=
                        weights[place * tapCount + tap - taps.lowerBound]
                        * row[tap * channels + channel]
                }
                result[place * channels + channel] = sum
            }
        }
    }
}
