/// How much computes on a host, and on what.
struct HostLoad {
    /// Threads that compute.
    let threadCount: Int
    /// The cores that any of the ranks may use.
    let cores: Set<Int>
    /// All cores of the host.
    let hostCoreCount: Int
    /// How many cores' time the ranks may use together; nil without a limit.
    let quota: Double?

    /// Adds up ranks of one host.
    ///
    /// - Parameters:
    ///   - ranks: The ranks, at least one.
    ///   - launch: The facts.
    init(of ranks: [Int], in launch: LaunchFacts) {
        let facts = ranks.map { launch.ranks[$0].processor }
        threadCount = facts.reduce(0) { $0 + $1.blasThreadCount }
        cores = Set(facts.flatMap(\.allowedCores))
        hostCoreCount = facts.map(\.hostCoreCount).max() ?? 0
        quota = facts.compactMap(\.quota).min()
    }

    /// Whether there are fewer cores than threads.
    var isCrowded: Bool { threadCount > cores.count }
}
