import Training

/// Whether /dev/shm has room for what the ranks of a host share.
enum SharedMemoryCheck: LaunchCheck {
    static let name = "/dev/shm"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let hosts = launch.hosts.filter { $0.ranks.count > 1 }
        guard let needs = launch.needs, !hosts.isEmpty else {
            return [
                .ok(launch.needs == nil ? "need unknown" : "not used by a single rank of a host")
            ]
        }
        return hosts.map { finding($0, launch, needs: needs) }
    }

    private static func finding(
        _ host: LaunchFacts.Host, _ launch: LaunchFacts, needs: TrainingNeeds
    ) -> Finding {
        let need = needs.hostByteCount + host.ranks.count * needs.sharedRankByteCount
        let text = "training \(needs.model) shares \(QuantityText.neededMiB(need))"
        let fix =
            "give it more: mount -o remount,size=\(suggestedSize(need)) /dev/shm, or docker run "
            + "--shm-size=\(suggestedSize(need))"
        let free = host.ranks.map { launch.ranks[$0].memory.sharedFreeByteCount }
        guard let least = free.map({ $0 ?? -1 }).min(), least >= 0 else {
            return .wrong("\(host.name) has none; \(text)", fix: fix)
        }
        let found = "\(QuantityText.freeMiB(least)) free on \(host.name), \(text)"
        return least < need
            ? .wrong("\(found): ranks will exchange messages instead, which is slower", fix: fix)
            : .ok(found)
    }

    /// A power of two with room for the library's own buffers.
    private static func suggestedSize(_ need: Int) -> String {
        var size = 1 << 26
        while size < 2 * need { size *= 2 }
        return "\(size >> 20)m"
    }
}
