import Glibc

/// The memory of a host, and what of it a rank may have.
public struct MemoryFacts: Codable, Hashable, Sendable {
    /// Bytes that the system could give now, what it caches included.
    public var availableByteCount = 0
    /// Bytes that are left of the container's or the scheduler's limit; nil without one.
    public var limitLeftByteCount: Int?
    /// Bytes of /dev/shm that are free; nil if there is no /dev/shm.
    public var sharedFreeByteCount: Int?

    /// Nothing known yet.
    public init() {}

    /// Looks at this host and process.
    static func gather() -> MemoryFacts {
        var facts = MemoryFacts()
        facts.availableByteCount = kibibytes(of: "MemAvailable")
        facts.limitLeftByteCount = limitLeft(total: kibibytes(of: "MemTotal"))
        facts.sharedFreeByteCount = FileSystem(of: "/dev/shm")?.freeByteCount
        return facts
    }

    private static func kibibytes(of key: String) -> Int {
        let text = SystemFiles.value(of: key, in: "/proc/meminfo") ?? ""
        return 1024 * (text.split(separator: " ").first.flatMap { Int($0) } ?? 0)
    }

    private static func limitLeft(total: Int) -> Int? {
        let files = [
            (limit: "memory.max", use: "memory.current", controller: nil),
            (limit: "memory.limit_in_bytes", use: "memory.usage_in_bytes", controller: "memory"),
        ]
        let left = files.flatMap { file in
            ControlGroups.folders(controller: file.controller).compactMap { folder -> Int? in
                // Version 1 has a huge number where there is no limit.
                guard let limit = ControlGroups.number(file.limit, in: folder), limit < total
                else { return nil }
                return max(0, limit - (ControlGroups.number(file.use, in: folder) ?? 0))
            }
        }
        return left.min()
    }
}
