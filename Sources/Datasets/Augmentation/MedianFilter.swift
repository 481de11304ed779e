import Randomness

/// Replaces each value by the median of a square around it, channel by channel, as OpenCV's
/// `medianBlur`; the border's pixels are repeated.
public struct MedianFilter: PixelOperation {
    /// `median`.
    public static let name = "median"
    /// `median:SIDE`.
    public static let usage = "median:SIDE"

    /// Pixels of the square's side.
    public let side: Int
    private let network: MedianNetwork

    /// Creates a filter from `median`, `median:3` or `median:5`.
    public init(parameters: inout OperationParameters) throws {
        side = try parameters.integer("SIDE", in: 3...7, default: 3)
        guard !side.isMultiple(of: 2) else {
            throw parameters.misunderstood("SIDE is 3, 5 or 7")
        }
        network = MedianNetwork(count: side * side)
    }

    /// The image with its border, and a row for each pixel of the square.
    public func scratchCount(for format: ImageFormat) -> Int {
        WorkingImage.borderedCount(format, radius: side / 2) + floatSlack
            + side * side * Self.lineCount(format)
    }

    /// Sorts what the pixels of a row see, until the medians are known.
    public func apply(to image: inout WorkingImage, key: RandomKey) {
        let format = image.format
        let radius = side / 2
        let stride = image.rowCount + 2 * radius * format.channels
        let bordered = image.scratch
        image.copy(bordered: radius, .edge, into: bordered)
        let lines =
            bordered + WorkingImage.borderedCount(format, radius: radius) + floatSlack
        let lineCount = Self.lineCount(format)
        for row in 0..<format.height {
            for down in 0..<side {
                let start = bordered + (row + down) * stride
                for across in 0..<side {
                    (lines + (down * side + across) * lineCount).update(
                        from: start + across * format.channels, count: image.rowCount)
                }
            }
            network.sort(lines, lineCount: lineCount)
            (image.spare + row * image.rowCount).update(
                from: lines + network.median * lineCount, count: image.rowCount)
        }
        image.takeSpare()
    }

    /// Floats of a row, in whole vectors.
    private static func lineCount(_ format: ImageFormat) -> Int {
        let length = FloatVector.scalarCount
        return (format.width * format.channels + length - 1) / length * length
    }
}

/// The comparisons that bring the median of so many values to its place.
///
/// Source: Batcher's odd–even merge sort as in Knuth, The Art of Computer Programming 3, 5.2.2,
/// algorithm M, without the comparisons that do not matter for the median.
struct MedianNetwork: Sendable {
    /// Where the median comes to lie.
    let median: Int
    private let comparisons: [(low: Int, high: Int)]

    /// Works out the comparisons.
    ///
    /// - Parameter count: The number of values, odd and at least 3.
    init(count: Int) {
        median = count / 2
        var needed: Set<Int> = [median]
        var kept: [(low: Int, high: Int)] = []
        for comparison in Self.sorting(count).reversed()
        where needed.contains(comparison.low) || needed.contains(comparison.high) {
            needed.formUnion([comparison.low, comparison.high])
            kept.append(comparison)
        }
        comparisons = kept.reversed()
    }

    /// The comparisons that sort so many values.
    private static func sorting(_ count: Int) -> [(low: Int, high: Int)] {
        var comparisons: [(low: Int, high: Int)] = []
        var largest = 1
        while 2 * largest < count { largest *= 2 }
        var part = largest
        while part > 0 {
            var (step, rest, distance) = (largest, 0, part)
            while true {
                for low in 0..<count - distance where low & part == rest {
                    comparisons.append((low, low + distance))
                }
                if step == part { break }
                distance = step - part
                step /= 2
                rest = part
            }
            part /= 2
        }
        return comparisons
    }

    /// Makes the comparisons, for every column of some lines at once.
    ///
    /// - Parameters:
    ///   - lines: The values, `[count, lineCount]`, sorted as far as it takes.
    ///   - lineCount: The columns, a multiple of a vector's length.
    func sort(_ lines: UnsafeMutablePointer<Float>, lineCount: Int) {
        for (low, high) in comparisons {
            let (lows, highs) = (lines + low * lineCount, lines + high * lineCount)
            var offset = 0
            while offset < lineCount {
                let (first, second) = (lows.vector(at: offset), highs.vector(at: offset))
                lows.store(.smaller(first, second), at: offset)
                highs.store(.larger(first, second), at: offset)
                offset += FloatVector.scalarCount
            }
        }
    }
}
