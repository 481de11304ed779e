/// Places buffers in one arena so that buffers whose lifetimes do not meet share memory.
struct MemoryPlan {
    /// A buffer that has not been placed yet.
    struct Buffer {
        /// Its size in floats.
        let count: Int
        /// The first and last moment at which it holds something.
        var lifetime: ClosedRange<Int>
    }

    private(set) var buffers: [Buffer] = []

    /// Adds a buffer.
    ///
    /// - Parameters:
    ///   - count: Its size in floats.
    ///   - moment: The first moment at which it holds something.
    /// - Returns: Its number.
    mutating func add(count: Int, at moment: Int) -> Int {
        buffers.append(Buffer(count: aligned(count), lifetime: moment...moment))
        return buffers.count - 1
    }

    /// Lets a buffer live until a moment, if it does not live longer already.
    mutating func extend(_ buffer: Int, to moment: Int) {
        let lifetime = buffers[buffer].lifetime
        buffers[buffer].lifetime = lifetime.lowerBound...max(lifetime.upperBound, moment)
    }

    /// Where each buffer lies.
    ///
    /// The largest buffers are placed first, each at the lowest place that is free for its lifetime.
    ///
    /// Source: Pisarchyk & Lee 2020, greedy by size.
    ///
    /// - Returns: The offsets in floats, and the size of the arena.
    func place() -> (offsets: [Int], arenaCount: Int) {
        var offsets = [Int](repeating: 0, count: buffers.count)
        var placed: [Int] = []
        var arenaCount = 0
        let bySize = buffers.indices.sorted { (buffers[$0].count, $1) > (buffers[$1].count, $0) }
        for index in bySize {
            let buffer = buffers[index]
            let neighbours =
                placed
                .filter { buffers[$0].lifetime.overlaps(buffer.lifetime) }
                .sorted { offsets[$0] < offsets[$1] }
            var offset = 0
            for neighbour in neighbours {
                if offset + buffer.count <= offsets[neighbour] { break }
                offset = max(offset, offsets[neighbour] + buffers[neighbour].count)
            }
            offsets[index] = offset
            placed.append(index)
            arenaCount = max(arenaCount, offset + buffer.count)
        }
        return (offsets, arenaCount)
    }
}
