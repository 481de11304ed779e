import Glibc

/// Float memory that is allocated and touched once.
///
/// Large ones ask for huge pages, since a step walks through all of it.
public final class Arena {
    /// The first float, aligned to 2 MiB for large arenas and to 64 bytes for small ones.
    public let base: UnsafeMutablePointer<Float>
    /// The number of floats.
    public let count: Int
    /// Whose memory it is, kept alive; nil for the arena's own.
    private let owner: AnyObject?

    /// Allocates memory and touches every page of it.
    ///
    /// - Parameter count: The number of floats.
    public init(count: Int) {
        let hugePage = 1 << 21
        let byteCount = max(count, 1) * MemoryLayout<Float>.stride
        let alignment = byteCount >= hugePage ? hugePage : 64
        let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
        if byteCount >= hugePage {
            // Only advice: without huge pages the arena works as well, more slowly.
            _ = madvise(raw, byteCount & ~(hugePage - 1), MADV_HUGEPAGE)
        }
        memset(raw, 0, byteCount)
        self.count = count
        base = raw.bindMemory(to: Float.self, capacity: count)
        owner = nil
    }

    /// Makes use of memory of another object.
    ///
    /// - Parameters:
    ///   - base: The first float.
    ///   - count: The number of floats.
    ///   - owner: Whose memory it is.
    public init(_ base: UnsafeMutablePointer<Float>, count: Int, of owner: AnyObject) {
        self.base = base
        self.count = count
        self.owner = owner
    }

    deinit { if owner == nil { base.deallocate() } }
}
