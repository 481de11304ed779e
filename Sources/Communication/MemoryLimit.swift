import Diagnostics
import Glibc

/// The memory that this process can have at all.
///
/// Allocations beyond it would end the process without a word, or by the system's hand.
public enum MemoryLimit {
    /// The memory of the machine in bytes, or the limit that the process was started with, if that is
    /// less.
    public static var byteCount: Int {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
            return machine
        }
        return min(machine, Int(clamping: limit.rlim_cur))
    }

    /// Refuses what needs more.
    ///
    /// - Parameters:
    ///   - byteCount: What is needed.
    ///   - purpose: What for, as in `training resnet18`.
    ///   - fix: What makes it less.
    /// - Throws: `Failure` with `badLaunch`.
    public static func require(_ byteCount: Int, for purpose: String, fix: String) throws {
        let limit = Self.byteCount
        guard byteCount > limit else { return }
        throw Failure(
            .badLaunch, in: "memory",
            expected: "at most \((limit >> 20).grouped) MiB, which is all there is",
            found: "\(purpose) needs \((byteCount >> 20).grouped) MiB", fix: fix)
    }
}
