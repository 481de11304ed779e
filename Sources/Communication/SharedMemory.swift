import Glibc

/// Memory that the ranks of one host read and write, zero at first.
///
/// It may lie at another address in each rank. Who writes what when is up to the ranks: see
/// `HostTeam`, which also cuts it into parts.
public final class SharedMemory {
    /// The first byte, aligned to 2 MiB.
    public let base: UnsafeMutableRawPointer
    /// The number of bytes.
    public let byteCount: Int
    private let free: () -> Void

    /// Takes over memory.
    ///
    /// - Parameters:
    ///   - base: The first byte.
    ///   - byteCount: The number of bytes.
    ///   - free: Gives this rank's hold on it back.
    init(base: UnsafeMutableRawPointer, byteCount: Int, free: @escaping () -> Void) {
        self.base = base
        self.byteCount = byteCount
        self.free = free
    }

    /// Allocates memory of this process alone, touched once.
    ///
    /// - Parameter byteCount: The number of bytes.
    convenience init(ofThisProcess byteCount: Int) {
        let hugePage = Self.alignment
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: max(byteCount, 1), alignment: hugePage)
        // Only advice: without huge pages it works as well, more slowly.
        _ = madvise(base, byteCount & ~(hugePage - 1), MADV_HUGEPAGE)
        memset(base, 0, byteCount)
        self.init(base: base, byteCount: byteCount) { base.deallocate() }
    }

    deinit { free() }

    /// The size of a huge page, to which parts are aligned.
    static let alignment = 1 << 21
}
