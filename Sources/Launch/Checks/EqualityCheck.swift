/// Whether all ranks compute the same bits.
enum EqualityCheck: LaunchCheck {
    static let name = "equal ranks"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let failures = RankComparison(launch.ranks.map(\.identity)).failures
        if failures.isEmpty {
            return [
                .ok(launch.ranks.count == 1 ? "one rank" : "same program, libraries and kernels")
            ]
        }
        return failures.map {
            .wrong("\($0.subject): \($0.found)", fix: $0.fix ?? "start the same on all hosts")
        }
    }
}
