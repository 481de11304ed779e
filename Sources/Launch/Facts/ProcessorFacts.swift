/// The cores that a rank may use.
public struct ProcessorFacts: Codable, Hashable, Sendable {
    /// The cores to which the rank is bound, ascending; a core has the lowest number of its hardware
    /// threads.
    public var allowedCores: [Int] = []
    /// The cores of the host.
    public var hostCoreCount = 0
    /// How many cores' time the container or the scheduler grants; nil without a limit.
    public var quota: Double?
    /// Threads in matrix products.
    public var blasThreadCount = 1

    /// Nothing known yet.
    public init() {}

    /// Looks at this process.
    ///
    /// - Parameter blasThreadCount: Its threads in matrix products.
    /// - Returns: The facts.
    static func gather(blasThreadCount: Int) -> ProcessorFacts {
        var facts = ProcessorFacts()
        let allowed = SystemFiles.value(of: "Cpus_allowed_list", in: "/proc/self/status") ?? ""
        facts.allowedCores = cores(ofThreads: SystemFiles.numbers(inList: allowed))
        let online = SystemFiles.text("/sys/devices/system/cpu/online") ?? allowed
        facts.hostCoreCount = cores(ofThreads: SystemFiles.numbers(inList: online)).count
        facts.quota = timeQuota()
        facts.blasThreadCount = blasThreadCount
        return facts
    }

    private static func cores(ofThreads threads: [Int]) -> [Int] {
        let cores = threads.map { thread in
            let siblings = SystemFiles.text(
                "/sys/devices/system/cpu/cpu\(thread)/topology/thread_siblings_list")
            return siblings.flatMap { SystemFiles.numbers(inList: $0).first } ?? thread
        }
        return Set(cores).sorted()
    }

    private static func timeQuota() -> Double? {
        let unified = ControlGroups.folders(controller: nil).compactMap { folder -> Double? in
            let text = SystemFiles.text(folder + "/cpu.max") ?? ""
            let parts = text.split(separator: " ").compactMap { Double($0) }
            return parts.count == 2 && parts[1] > 0 ? parts[0] / parts[1] : nil
        }
        let old = ControlGroups.folders(controller: "cpu").compactMap { folder -> Double? in
            // The quota is -1 where there is none.
            guard let quota = ControlGroups.number("cpu.cfs_quota_us", in: folder), quota > 0,
                let period = ControlGroups.number("cpu.cfs_period_us", in: folder), period > 0
            else { return nil }
            return Double(quota) / Double(period)
        }
        return unified.min() ?? old.min()
    }
}
