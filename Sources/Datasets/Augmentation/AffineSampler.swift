/// Resamples images along affine maps, bilinearly.
///
/// A place between four pixels shows their mean, weighted by its distances from them, as
/// `torch.nn.functional.grid_sample` does. Places are computed in steps of 2⁻³² pixels and their
/// distances in steps of 2⁻²⁴, so that rounding may change a value by about 1e-6.
struct AffineSampler {
    private typealias Pixel = UnsafePointer<Float>

    private let format: ImageFormat
    private let fill: Fill
    /// What is shown where there is no pixel.
    private let black: UnsafeMutablePointer<Float>

    /// Allocates a pixel; `deallocate` gives it back.
    init(format: ImageFormat, fill: Fill) {
        self.format = format
        self.fill = fill
        black = .allocate(capacity: format.channels + floatSlack)
        black.initialize(repeating: 0, count: format.channels + floatSlack)
    }

    func deallocate() { black.deallocate() }

    /// Resamples one image.
    ///
    /// - Parameters:
    ///   - image: The image, `[height, width, channel]`, with room for a vector behind it.
    ///   - map: Where points of the result come from.
    ///   - result: The same size, overwritten, with room for a vector behind it; not the image.
    func sample(
        _ image: UnsafePointer<Float>, _ map: AffineMap, into result: UnsafeMutablePointer<Float>
    ) {
        // Constants in the calls let the compiler unroll the loops over channels.
        switch format.channels {
        case 1: sample(image, map, channels: 1, into: result)
        case 3: sample(image, map, channels: 3, into: result)
        case 4: sample(image, map, channels: 4, into: result)
        case let channels: sample(image, map, channels: channels, into: result)
        }
    }

    @inline(__always)
    private func sample(
        _ image: Pixel, _ map: AffineMap, channels: Int, into result: UnsafeMutablePointer<Float>
    ) {
        let (width, height) = (format.width, format.height)
        let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        let (stepX, stepY) = (fixed(map.xx), fixed(map.yx))
        var output = result
        for row in 0..<height {
            let down = Double(row) - middleY
            var x = fixed(map.xy * down + map.x0 + middleX - map.xx * middleX)
            var y = fixed(map.yy * down + map.y0 + middleY - map.yx * middleX)
            for _ in 0..<width {
                let (left, top) = (Int(x >> 32), Int(y >> 32))
                let (right, bottom) = (fraction(x), fraction(y))
                let isInside =
                    UInt(bitPattern: left) < UInt(width - 1)
                    && UInt(bitPattern: top) < UInt(height - 1)
                if isInside {
                    let corner = image + (top * width + left) * channels
                    let below = corner + width * channels
                    blend(
                        (corner, corner + channels), (below, below + channels), right, bottom,
                        channels, into: output)
                } else {
                    blend(
                        (pixel(left, top, of: image), pixel(left + 1, top, of: image)),
                        (pixel(left, top + 1, of: image), pixel(left + 1, top + 1, of: image)),
                        right, bottom, channels, into: output)
                }
                output += channels
                x &+= stepX
                y &+= stepY
            }
        }
    }

    /// A place in units of 2⁻³² pixels.
    private func fixed(_ place: Double) -> Int64 { Int64((place * 0x1p32).rounded()) }

    /// The part of a place behind the point.
    @inline(__always)
    private func fraction(_ place: Int64) -> Float {
        Float(Int32(truncatingIfNeeded: (place >> 8) & 0xff_ffff)) * 0x1p-24
    }

    /// The pixel at a place anywhere.
    private func pixel(_ column: Int, _ row: Int, of image: Pixel) -> Pixel {
        guard let column = fill.source(of: column, count: format.width),
            let row = fill.source(of: row, count: format.height)
        else { return Pixel(black) }
        return image + (row * format.width + column) * format.channels
    }

    /// Writes the weighted mean of four pixels; with three channels also a fourth value, over which
    /// the next pixel is written.
    @inline(__always)
    private func blend(
        _ top: (Pixel, Pixel), _ bottom: (Pixel, Pixel), _ across: Float, _ down: Float,
        _ channels: Int, into output: UnsafeMutablePointer<Float>
    ) {
        if channels == 3 || channels == 4 {
            func load(_ pixel: Pixel) -> SIMD4<Float> {
                UnsafeRawPointer(pixel).loadUnaligned(as: SIMD4<Float>.self)
            }
            let (a, b, c, d) = (load(top.0), load(top.1), load(bottom.0), load(bottom.1))
            let upper = a + across * (b - a)
            let lower = c + across * (d - c)
            UnsafeMutableRawPointer(output).storeBytes(
                of: upper + down * (lower - upper), as: SIMD4<Float>.self)
            return
        }
        for channel in 0..<channels {
            let upper = top.0[channel] + across * (top.1[channel] - top.0[channel])
            let lower = bottom.0[channel] + across * (bottom.1[channel] - bottom.0[channel])
            output[channel] = upper + down * (lower - upper)
        }
    }
}
