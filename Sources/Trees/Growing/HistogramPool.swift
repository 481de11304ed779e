/// Memory for the histograms of nodes whose children are searched next, up to a limit.
///
/// A node without a kept histogram costs time, not the result: both its children's histograms are
/// made from rows then.
final class HistogramPool {
    /// The most bytes that a pool takes.
    static let byteLimit = 256 << 20

    private let size: Int
    private let limit: Int
    private var all: [UnsafeMutablePointer<Int64>] = []
    private var free: [UnsafeMutablePointer<Int64>] = []

    /// Creates a pool without memory.
    ///
    /// - Parameter size: Integers of a histogram.
    init(size: Int) {
        self.size = size
        limit = Self.byteLimit / (8 * size)
    }

    deinit { for histogram in all { histogram.deallocate() } }

    /// Keeps a copy of a histogram.
    ///
    /// - Parameter histogram: The histogram.
    /// - Returns: The copy, or nil if there is no room.
    func keep(_ histogram: UnsafePointer<Int64>) -> UnsafeMutablePointer<Int64>? {
        if free.isEmpty {
            guard all.count < limit else { return nil }
            all.append(.allocate(capacity: size))
            free.append(all[all.count - 1])
        }
        let copy = free.removeLast()
        copy.update(from: histogram, count: size)
        return copy
    }

    /// Gives a kept histogram back.
    func release(_ histogram: UnsafeMutablePointer<Int64>) { free.append(histogram) }
}
