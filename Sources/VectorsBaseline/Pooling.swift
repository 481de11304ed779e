import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func windowMaximum(
        _ x: UnsafePointer<Float>, offsets: UnsafePointer<Int>, offsetCount: Int, channels: Int,
        into y: UnsafeMutablePointer<Float>
    ) {
        forEachVector(of: channels) { start, lanes in
            var largest = load(x + offsets[0] + start, lanes)
            for pixel in 1..<offsetCount {
                largest = cvector_maximum(largest, load(x + offsets[pixel] + start, lanes))
            }
            store(largest, y + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func windowMaximumGradient(
        _ x: UnsafePointer<Float>, y: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>,
        offsets: UnsafePointer<Int>, offsetCount: Int, channels: Int, accumulates: Bool,
        into dx: UnsafeMutablePointer<Float>
    ) {
        forEachVector(of: channels) { start, lanes in
            let largest = load(y + start, lanes)
            // What no earlier pixel of the window has taken.
            var remaining = load(dy + start, lanes)
            for pixel in 0..<offsetCount {
                let position = offsets[pixel] + start
                let value = load(x + position, lanes)
                let taken = cvector_where_equal(remaining, value, largest)
                remaining = cvector_where_different(remaining, value, largest)
                let gradient = accumulates ? load(dx + position, lanes) + taken : taken
                store(gradient, dx + position, lanes)
            }
        }
    }
}
