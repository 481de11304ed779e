/// Whether messages take the fastest way that there is.
enum TransportCheck: LaunchCheck {
    static let name = "transports"

    /// Components that carry messages through memory that ranks share.
    private static let local = ["btl vader", "btl sm", "pml ucx", "mtl ofi", "mtl psm", "mtl psm2"]
    /// Components that drive fast networks.
    private static let fast = [
        "pml ucx", "btl openib", "btl ofi", "mtl ofi", "mtl psm", "mtl psm2",
    ]

    static func findings(of launch: LaunchFacts) -> [Finding] {
        guard launch.ranks.count > 1 else { return [.ok("a single rank sends nothing")] }
        let problems = localProblems(launch) + networkProblems(launch)
        if !problems.isEmpty { return problems }
        let ways = launch.grouped { rank in
            let components = rank.library.components
            return components.isEmpty
                ? "built into the library" : components.joined(separator: ", ")
        }
        return [.ok(ways.map(\.value).joined(separator: "; "))]
    }

    private static func localProblems(_ launch: LaunchFacts) -> [Finding] {
        let groups = launch.grouped { rank in
            let components = rank.library.components
            let neighbours = launch.ranks.count { $0.hostIndex == rank.hostIndex }
            guard neighbours > 1, !components.isEmpty,
                !components.contains(where: local.contains)
            else { return nil }
            return rank.library.settings["btl"].map { "OMPI_MCA_btl=\($0)" }
                ?? "the library's build"
        }
        return groups.map {
            .wrong(
                "\($0.place): ranks of one host do not exchange through memory, by \($0.value)",
                fix: "let Open MPI choose, or name vader too: --mca btl self,vader,tcp")
        }
    }

    private static func networkProblems(_ launch: LaunchFacts) -> [Finding] {
        guard launch.hosts.count > 1 else { return [] }
        let groups = launch.grouped { rank in
            guard !rank.library.fastNetworks.isEmpty else { return nil }
            let networks = rank.library.fastNetworks.joined(separator: ", ")
            let components = rank.library.components
            if !components.isEmpty && !components.contains(where: fast.contains) {
                return "\(networks) is there, but messages go by TCP"
            }
            guard let limit = rank.library.lockableByteCount, limit < 1 << 26 else { return nil }
            return "\(networks) has only \(QuantityText.freeMiB(limit)) of memory to lock"
        }
        return groups.map { group in
            .wrong(
                "\(group.place): \(group.value)",
                fix: group.value.hasSuffix("lock")
                    ? "raise the limit, as with ulimit -l unlimited in the scheduler's service"
                    : "use an Open MPI that is built with UCX, and let it choose")
        }
    }
}
