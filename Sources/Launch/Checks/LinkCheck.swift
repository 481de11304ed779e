/// How fast ranks exchange messages, and whether one way is much slower than the others.
enum LinkCheck: LaunchCheck {
    static let name = "exchange"

    /// A message in memory that takes longer has waited for a core.
    private static let slowLatency = 100e-6
    /// Seconds of a step that are worth a remark.
    private static let slowStep = 0.25

    static func findings(of launch: LaunchFacts) -> [Finding] {
        if launch.links.isEmpty { return [.ok("a single rank sends nothing")] }
        let problems = launch.links.compactMap { finding($0, launch) }
        return problems.isEmpty ? summaries(launch.links) : problems
    }

    private static func finding(_ link: LinkFacts, _ launch: LaunchFacts) -> Finding? {
        let pair = "\(launch.place(of: [link.first])) and \(launch.place(of: [link.second]))"
        if link.isLocal {
            guard link.latency > slowLatency else { return nil }
            return .note(
                "\(pair): a message in memory takes \(QuantityText.time(link.latency))",
                fix: "see cores and binding: they wait for a core, not for the message")
        }
        let best = launch.links.filter { !$0.isLocal }.map(\.bandwidth).max() ?? 0
        if link.bandwidth < best / 2 {
            return .note(
                "\(pair): \(QuantityText.rate(link.bandwidth)), other hosts up to "
                    + QuantityText.rate(best),
                fix: "look at its cable and network card, or leave the host out")
        }
        // Both directions at once.
        let seconds = Double(launch.needs?.gradientByteCount ?? 0) / link.bandwidth
        guard seconds > slowStep else { return nil }
        return .note(
            "\(pair): \(QuantityText.rate(link.bandwidth)), of which a step's gradients take "
                + QuantityText.time(seconds),
            fix: "choose a faster network, as with --mca btl_tcp_if_include, or a larger "
                + "--batch-size")
    }

    private static func summaries(_ links: [LinkFacts]) -> [Finding] {
        [true, false].compactMap { isLocal in
            let some = links.filter { $0.isLocal == isLocal }
            guard let latency = some.map(\.latency).max(),
                let bandwidth = some.map(\.bandwidth).min()
            else { return nil }
            return .ok(
                "\(isLocal ? "in memory" : "between hosts"): \(QuantityText.time(latency)), "
                    + QuantityText.rate(bandwidth))
        }
    }
}
