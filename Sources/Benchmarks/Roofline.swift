import Glibc
import Kernels
import Layers

/// What a core can do at best: the rate of products, and the rate of memory traffic by the size of
/// what is walked through.
///
/// Source: Williams, Waterman & Patterson 2009.
struct Roofline: Sendable {
    /// The rates of a pass over a buffer.
    struct Bandwidth: Sendable {
        /// The size of the buffer in bytes.
        let byteCount: Int
        /// Bytes a second of a pass that reads.
        var read: Double
        /// Bytes a second, both ways together, of a pass that reads and writes each float.
        var readWrite: Double
    }

    /// Operations a second of OpenBLAS on large square matrices.
    private(set) var productRate: Double
    /// The rates by the size of the buffer, the smallest first.
    private(set) var bandwidths: [Bandwidth]

    /// Measures this core; rates are those of the shortest repetition.
    ///
    /// - Parameter seconds: How long to repeat each measurement.
    init(seconds: Double) {
        productRate =
            [256, 512, 1024].map { Self.productRate(extent: $0, seconds: seconds) }.max() ?? 0
        bandwidths = Self.byteCounts.map { Self.bandwidth(of: $0, seconds: seconds) }
    }

    /// Half of the second cache and what is smaller or larger by powers of four, up to four times
    /// the third cache.
    private static var byteCounts: [Int] {
        var sizes = [CacheSizes.second / 32]
        while sizes[sizes.count - 1] < min(4 * CacheSizes.third, 1 << 30) {
            sizes.append(4 * sizes[sizes.count - 1])
        }
        return sizes
    }

    /// The rates in a buffer much larger than the caches.
    var memory: Bandwidth { bandwidths[bandwidths.count - 1] }
    /// The rates in a buffer that fits into the second cache.
    var secondCache: Bandwidth { bandwidths[2] }

    /// The least time that some work takes.
    ///
    /// - Parameter work: The work; if it writes next to nothing, traffic has the rate of reading.
    /// - Returns: Seconds.
    func leastSeconds(for work: KernelWork) -> Double {
        // The next smaller buffer, so that the bound is never too low a rate.
        let level = bandwidths.last { Double($0.byteCount) <= work.byteCount } ?? bandwidths[0]
        let rate = 10 * work.writtenCount < work.readCount ? level.read : level.readWrite
        return max((work.operations ?? 0) / productRate, work.byteCount / rate)
    }

    /// Takes over the rates of another measurement where they are higher.
    ///
    /// - Parameter other: Measured on the same core.
    mutating func raise(to other: Roofline) {
        productRate = max(productRate, other.productRate)
        for index in bandwidths.indices {
            bandwidths[index].read = max(bandwidths[index].read, other.bandwidths[index].read)
            bandwidths[index].readWrite = max(
                bandwidths[index].readWrite, other.bandwidths[index].readWrite)
        }
    }

    private static func productRate(extent: Int, seconds: Double) -> Double {
        let count = extent * extent
        let matrices = Arena.random(count: 3 * count)
        let (a, b, c) = (matrices.base, matrices.base + count, matrices.base + 2 * count)
        let timing = withExtendedLifetime(matrices) {
            Timing(for: seconds) {
                MatrixProduct.multiply(
                    a, stride: extent, b, stride: extent, into: c, stride: extent, m: extent,
                    n: extent, k: extent)
            }
        }
        return 2 * Double(count * extent) / timing.shortest
    }

    private static func bandwidth(of byteCount: Int, seconds: Double) -> Bandwidth {
        let count = byteCount / MemoryLayout<Float>.stride
        let buffer = Arena(count: count)
        return withExtendedLifetime(buffer) {
            // The C library's search for a byte that is nowhere has no result to carry along, and
            // is written for this processor's vectors.
            let read = Timing(for: seconds) {
                // Or the compiler could search once for all repetitions.
                buffer.base[0] = 0
                precondition(memchr(buffer.base, 1, byteCount) == nil, "a zeroed buffer has a 1")
            }
            let readWrite = Timing(for: seconds) {
                Vectors.kernels.scale(buffer.base, by: 1, into: buffer.base, count: count)
            }
            return Bandwidth(
                byteCount: byteCount, read: Double(byteCount) / read.shortest,
                readWrite: 2 * Double(byteCount) / readWrite.shortest)
        }
    }
}
