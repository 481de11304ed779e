import CSystem

/// The message-passing library of a rank, and what it can use.
public struct LibraryFacts: Codable, Hashable, Sendable {
    /// Its name and version; nil without mpirun.
    public var version: String?
    /// The components that are loaded to carry messages, such as `btl vader`; none where they are
    /// built into the library.
    public var components: [String] = []
    /// The settings of components in the environment, by name without `OMPI_MCA_`.
    public var settings: [String: String] = [:]
    /// Fast networks of the host, such as `mlx5_0`.
    public var fastNetworks: [String] = []
    /// Bytes of memory that the rank may lock, as fast networks need it; nil for any number.
    public var lockableByteCount: Int?

    /// Nothing known yet.
    public init() {}

    /// Looks at this process.
    ///
    /// - Parameters:
    ///   - version: The library's name and version.
    ///   - settings: The settings of its components.
    /// - Returns: The facts.
    static func gather(version: String?, settings: [String: String]) -> LibraryFacts {
        var facts = LibraryFacts()
        facts.version = version.map { $0.split(separator: ",").first.map(String.init) ?? $0 }
        facts.settings = settings
        // Open MPI closes those that it does not use when it starts.
        facts.components = components(inMaps: SystemFiles.text("/proc/self/maps") ?? "")
        facts.fastNetworks = SystemFiles.names(in: "/sys/class/infiniband")
        let lockable = csystem_lockable_byte_count()
        facts.lockableByteCount = lockable < 0 ? nil : Int(lockable)
        return facts
    }

    /// The components that carry messages among the files that a process has mapped.
    ///
    /// - Parameter maps: The text of /proc/self/maps.
    /// - Returns: As in `btl vader`, sorted.
    package static func components(inMaps maps: String) -> [String] {
        var names: Set<String> = []
        for line in maps.split(separator: "\n") {
            guard let file = line.split(separator: "/").last, file.hasPrefix("mca_"),
                file.hasSuffix(".so")
            else { continue }
            let parts = file.dropFirst("mca_".count).dropLast(".so".count)
                .split(separator: "_", maxSplits: 1)
            if parts.count == 2, ["pml", "btl", "mtl"].contains(parts[0]) {
                names.insert(parts.joined(separator: " "))
            }
        }
        return names.sorted()
    }
}
