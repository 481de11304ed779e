import Glibc

/// The sizes of this processor's caches, in bytes.
enum CacheSizes {
    /// The second cache of a core; 1 MiB where the system does not tell.
    static var second: Int { size(_SC_LEVEL2_CACHE_SIZE) ?? 1 << 20 }
    /// The third cache, shared by cores; 32 MiB where the system does not tell.
    static var third: Int { size(_SC_LEVEL3_CACHE_SIZE) ?? 1 << 25 }

    private static func size(_ name: some BinaryInteger) -> Int? {
        let size = sysconf(Int32(name))
        return size > 0 ? size : nil
    }
}
