/// What an image of the built-in data set shows: its class.
enum Figure: Int, CaseIterable {
    case disc, ring, square, triangle, cross
    case horizontalStripes, verticalStripes, diagonalStripes, checkerboard, dots

    /// As in `horizontal stripes`.
    var name: String {
        switch self {
        case .disc: "disc"
        case .ring: "ring"
        case .square: "square"
        case .triangle: "triangle"
        case .cross: "cross"
        case .horizontalStripes: "horizontal stripes"
        case .verticalStripes: "vertical stripes"
        case .diagonalStripes: "diagonal stripes"
        case .checkerboard: "checkerboard"
        case .dots: "dots"
        }
    }
}

/// Where a figure stands in an image.
///
/// Lengths are sixteenths of a pixel.
struct FigurePose {
    let centreX: Int
    let centreY: Int
    /// Half of the figure's extent.
    let radius: Int
    /// Distance from one stripe, square or dot to the next but one.
    let period: Int
    /// Shift of the texture.
    let phase: Int
    /// Cosine and sine of the angle by which the figure is turned, in 1/1024.
    let cosine: Int
    let sine: Int

    /// Cosine and sine of 0°, 4°, 8°, … 20°, in 1/1024.
    static let turns = [
        (1024, 0), (1022, 71), (1014, 143), (1002, 213), (984, 282), (962, 350),
    ]
}

extension FigurePose {
    /// Marks the pixels that a figure covers.
    ///
    /// - Parameters:
    ///   - figure: What to draw.
    ///   - side: Rows and columns of the image.
    ///   - mask: `[side, side]`, overwritten: 1 where the figure is, else 0.
    func mark(_ figure: Figure, side: Int, in mask: UnsafeMutablePointer<UInt8>) {
        let outer = radius * radius
        let inner = outer * 5 / 16
        let half = radius * 13 / 16
        let bar = radius * 5 / 16
        let dot = period * period * 3 / 32
        switch figure {
        case .disc: mark(side, mask) { u, v in u * u + v * v <= outer }
        case .ring:
            mark(side, mask) { u, v in
                let distance = u * u + v * v
                return distance <= outer && distance >= inner
            }
        case .square: mark(side, mask) { u, v in abs(u) <= half && abs(v) <= half }
        case .triangle:
            mark(side, mask) { u, v in v <= bar * 2 && 16 * abs(u) <= 10 * (v + radius) }
        case .cross:
            mark(side, mask) { u, v in
                (abs(u) <= bar && abs(v) <= radius) || (abs(v) <= bar && abs(u) <= radius)
            }
        case .horizontalStripes: markTexture(side, mask) { u, v in isOdd(v) }
        case .verticalStripes: markTexture(side, mask) { u, v in isOdd(u) }
        case .diagonalStripes:
            // 181 / 256 = 1 / √2; the phase's lowest bit chooses between the two diagonals.
            let sign = phase & 1 == 0 ? 1 : -1
            markTexture(side, mask) { u, v in isOdd(((u + sign * v) * 181) >> 8) }
        case .checkerboard: markTexture(side, mask) { u, v in isOdd(u) != isOdd(v) }
        case .dots:
            markTexture(side, mask) { u, v in
                let across = positiveRemainder(u) - period / 2
                let down = positiveRemainder(v) - period / 2
                return across * across + down * down <= dot
            }
        }
    }

    /// Marks where `covers` holds for the coordinates of the turned figure.
    @inline(__always)
    private func mark(
        _ side: Int, _ mask: UnsafeMutablePointer<UInt8>, where covers: (Int, Int) -> Bool
    ) {
        for row in 0..<side {
            let y = 16 * row + 8 - centreY
            for column in 0..<side {
                let x = 16 * column + 8 - centreX
                let u = (x * cosine + y * sine) >> 10
                let v = (y * cosine - x * sine) >> 10
                mask[row * side + column] = covers(u, v) ? 1 : 0
            }
        }
    }

    /// As `mark`, within a square a little larger than the figure's.
    @inline(__always)
    private func markTexture(
        _ side: Int, _ mask: UnsafeMutablePointer<UInt8>, where covers: (Int, Int) -> Bool
    ) {
        let extent = radius
        mark(side, mask) { u, v in abs(u) <= extent && abs(v) <= extent && covers(u, v) }
    }

    /// Whether a place is in the second half of its period.
    @inline(__always)
    private func isOdd(_ place: Int) -> Bool { positiveRemainder(place) * 2 >= period }

    @inline(__always)
    private func positiveRemainder(_ place: Int) -> Int {
        // Figures are less than 4,096 sixteenths wide: the shift keeps the dividend positive.
        Int(UInt32(truncatingIfNeeded: place + phase + 64 * period) % UInt32(period))
    }
}
