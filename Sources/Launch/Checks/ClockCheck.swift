/// Whether the hosts' clocks agree; training does not depend on it, but logs and file times do.
enum ClockCheck: LaunchCheck {
    static let name = "clocks"

    private static let tolerableSeconds = 1.0

    static func findings(of launch: LaunchFacts) -> [Finding] {
        guard let largest = launch.clocks.map(\.offset.magnitude).max() else {
            return [.ok("one host")]
        }
        let wrong = launch.clocks.filter { $0.offset.magnitude - $0.uncertainty > tolerableSeconds }
        if wrong.isEmpty { return [.ok("within \(QuantityText.time(largest)) of each other")] }
        return wrong.map { clock in
            .note(
                "\(launch.place(of: [clock.rank])): \(QuantityText.time(clock.offset.magnitude)) "
                    + (clock.offset > 0 ? "ahead of" : "behind") + " rank 0",
                fix: "let chrony or ntpd set the clocks of all hosts")
        }
    }
}
