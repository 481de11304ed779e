/// Whether ranks of a host can read each other's memory where Open MPI wants to.
enum SingleCopyCheck: LaunchCheck {
    static let name = "single copy"

    private static let parameter = "btl_vader_single_copy_mechanism"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        if launch.ranks.allSatisfy({ $0.singleCopy == .untested }) {
            return [.ok("no host has two ranks")]
        }
        let isOff = launch.ranks.contains { $0.library.settings[parameter] == "none" }
        let failures = launch.grouped { rank in
            if case .fails(let reason) = rank.singleCopy { reason } else { nil }
        }
        if failures.isEmpty {
            return [
                isOff
                    ? .note(
                        "works, but OMPI_MCA_\(parameter)=none turns it off",
                        fix: "unset it: large messages are then copied once, not twice")
                    : .ok("works")
            ]
        }
        if isOff { return [.ok("forbidden, and turned off")] }
        return failures.map {
            .wrong(
                "\($0.place) cannot read each other's memory: \($0.value)",
                fix: "export OMPI_MCA_\(parameter)=none, or allow it: "
                    + "docker run --cap-add=SYS_PTRACE")
        }
    }
}
