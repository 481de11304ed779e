import Training

/// Whether each host has the memory that its ranks need.
enum MemoryCheck: LaunchCheck {
    static let name = "memory"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        guard let needs = launch.needs else { return [.ok("need unknown")] }
        return launch.hosts.map { finding($0, launch, needs: needs) }
    }

    private static func finding(
        _ host: LaunchFacts.Host, _ launch: LaunchFacts, needs: TrainingNeeds
    ) -> Finding {
        let memory = host.ranks.map { launch.ranks[$0].memory }
        let need = needs.byteCount(ranksOnHost: host.ranks.count)
        let available = memory.map(\.availableByteCount).min() ?? 0
        let limit = memory.compactMap(\.limitLeftByteCount).min()
        let room = min(available, limit ?? available)
        let isLimited = room < available
        let text =
            "\(QuantityText.freeMiB(room)) \(isLimited ? "of the job's limit left" : "available") "
            + "on \(host.name), training \(needs.model) needs about "
            + "\(QuantityText.neededMiB(need))"
        let fix =
            needs.lessMemory + (isLimited ? ", or ask the scheduler for more memory" : "")
        if need > room { return .wrong(text, fix: fix) }
        return 5 * need > 4 * room ? .note(text, fix: fix) : .ok(text)
    }
}
