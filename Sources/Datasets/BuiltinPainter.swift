import Randomness

/// Paints the images of the built-in data set, in integers only.
struct BuiltinPainter {
    /// Rows and columns of an image.
    static let side = 32

    /// Random integers of one image, in the order in which they are asked for.
    private struct Draws {
        let key: RandomKey
        var index = 0

        mutating func integer(in range: ClosedRange<Int>) -> Int {
            defer { index += 1 }
            return range.lowerBound + key.integer(below: range.count, at: index)
        }

        mutating func colour() -> SIMD4<Int32> {
            SIMD4(
                Int32(integer(in: 0...255)), Int32(integer(in: 0...255)),
                Int32(integer(in: 0...255)), 0)
        }
    }

    /// Paints one image.
    ///
    /// - Parameters:
    ///   - figure: What it shows.
    ///   - key: The image's random numbers.
    ///   - image: `[32, 32, 3]`, overwritten.
    func paint(_ figure: Figure, key: RandomKey, into image: UnsafeMutablePointer<UInt8>) {
        var draws = Draws(key: key)
        let background = draws.colour()
        let foreground = Self.contrasting(with: background, &draws)
        let pose = Self.pose(&draws)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.side * Self.side) { mask in
            guard let mask = mask.baseAddress else { return }
            pose.mark(figure, side: Self.side, in: mask)
            compose(mask, background, foreground, noise: key.derived("noise"), &draws, into: image)
        }
    }

    /// A colour that differs clearly from another.
    private static func contrasting(
        with other: SIMD4<Int32>, _ draws: inout Draws
    ) -> SIMD4<Int32> {
        for _ in 0..<8 {
            let colour = draws.colour()
            let difference = colour &- other
            if (difference &* difference).wrappedSum() >= 120 * 120 { return colour }
        }
        return (other &+ 128) & 255
    }

    private static func pose(_ draws: inout Draws) -> FigurePose {
        let radius = draws.integer(in: 6 * 16...11 * 16)
        let reach = 3 * 16
        let middle = side * 8
        let turn = FigurePose.turns[draws.integer(in: 0...FigurePose.turns.count - 1)]
        let sign = draws.integer(in: 0...1) * 2 - 1
        let period = draws.integer(in: 4 * 16...7 * 16)
        return FigurePose(
            centreX: middle + draws.integer(in: -reach...reach),
            centreY: middle + draws.integer(in: -reach...reach),
            radius: radius, period: period, phase: draws.integer(in: 0...period - 1),
            cosine: turn.0, sine: sign * turn.1)
    }

    /// Lays figure, background, spots and noise over one another.
    private func compose(
        _ mask: UnsafePointer<UInt8>, _ background: SIMD4<Int32>, _ foreground: SIMD4<Int32>,
        noise: RandomKey, _ draws: inout Draws, into image: UnsafeMutablePointer<UInt8>
    ) {
        // Brightness changes by up to 2 levels a pixel, in 1/256.
        let across = Int32(draws.integer(in: -512...512))
        let down = Int32(draws.integer(in: -512...512))
        let strength = Int32(draws.integer(in: 16...64))
        let middle = Int32(Self.side / 2)
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                let pixel = row * Self.side + column
                let shade =
                    ((Int32(truncatingIfNeeded: column) &- middle) &* across
                        &+ (Int32(truncatingIfNeeded: row) &- middle) &* down) >> 8
                let base = mask[pixel] == 0 ? background &+ shade : foreground
                let grain = Self.grain(noise.bits(at: pixel), strength: strength)
                Self.store(base &+ grain, at: image + 3 * pixel)
            }
        }
        for _ in 0..<draws.integer(in: 1...4) { paintSpot(&draws, into: image) }
    }

    /// Noise of the three channels, triangular between ± strength · 63 / 64.
    @inline(__always)
    private static func grain(_ bits: UInt64, strength: Int32) -> SIMD4<Int32> {
        let low = Int32(truncatingIfNeeded: bits & 0xffff_ffff)
        let high = Int32(truncatingIfNeeded: bits >> 32)
        let first = SIMD4<Int32>(low, low >> 6, low >> 12, 0) & 63
        let second = SIMD4<Int32>(high, high >> 6, high >> 12, 63) & 63
        return ((first &+ second &- 63) &* strength) &>> 6
    }

    @inline(__always)
    private static func store(_ colour: SIMD4<Int32>, at pixel: UnsafeMutablePointer<UInt8>) {
        let bytes = colour.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
        pixel[0] = UInt8(truncatingIfNeeded: bytes[0])
        pixel[1] = UInt8(truncatingIfNeeded: bytes[1])
        pixel[2] = UInt8(truncatingIfNeeded: bytes[2])
    }

    /// A small rectangle of one colour, to distract.
    private func paintSpot(_ draws: inout Draws, into image: UnsafeMutablePointer<UInt8>) {
        let colour = draws.colour()
        let height = draws.integer(in: 2...5)
        let width = draws.integer(in: 2...5)
        let top = draws.integer(in: 0...Self.side - height)
        let left = draws.integer(in: 0...Self.side - width)
        for row in top..<top + height {
            for column in left..<left + width {
                Self.store(colour, at: image + 3 * (row * Self.side + column))
            }
        }
    }
}
