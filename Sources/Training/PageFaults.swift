import Glibc

/// How often a process touched memory that had no page yet, on all its threads.
struct PageFaults {
    /// Faults that the kernel served from memory.
    var minor: Int
    /// Faults that waited for a disk.
    var major: Int

    /// The faults since an earlier moment.
    static func - (now: PageFaults, earlier: PageFaults) -> PageFaults {
        PageFaults(minor: now.minor - earlier.minor, major: now.major - earlier.major)
    }

    /// Those of this process since its start.
    static func ofProcess() -> PageFaults {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return PageFaults(minor: usage.ru_minflt, major: usage.ru_majflt)
    }
}
