/// The number of ranks beside what the launcher started and what the scheduler gave.
enum RankCountCheck: LaunchCheck {
    static let name = "ranks"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let count = launch.ranks.count
        let expectations = launch.launcher.expectations
        // A rank on its own knows nothing of how many there are.
        let separated = expectations.filter(\.isStarted).compactMap { finding(count, $0) }
        if !separated.isEmpty { return separated }
        let problems = expectations.compactMap { finding(count, $0) } + tooMany(launch)
        if !problems.isEmpty { return problems }
        let text =
            "\(QuantityText.count(count, "rank")) on "
            + QuantityText.count(launch.hosts.count, "host")
        let variables = expectations.filter { !$0.isStarted }.map(\.variable)
        return [.ok(variables.isEmpty ? text : "\(text), as \(variables[0]) says")]
    }

    private static func finding(
        _ count: Int, _ expectation: LauncherFacts.Expectation
    ) -> Finding? {
        let (variable, expected) = (expectation.variable, expectation.rankCount)
        guard count != expected else { return nil }
        if expectation.isStarted {
            return .wrong(
                "MPI connects \(QuantityText.count(count, "rank")), though \(expected) were "
                    + "started as \(variable) says: they do not know of each other",
                fix: LauncherFacts.separationFix(variable))
        }
        let text =
            "\(QuantityText.count(count, "rank")) in a job for \(expected), as \(variable) says"
        let fix = "leave out mpirun's -n, so that it starts as many as the job has room for"
        return count > expected ? .wrong(text, fix: fix) : .note(text, fix: fix)
    }

    /// There can be no more ranks than microbatches.
    private static func tooMany(_ launch: LaunchFacts) -> [Finding] {
        guard let obstacle = launch.obstacle else { return [] }
        let expected = obstacle.expected.map { ", expected \($0)" } ?? ""
        return [
            .wrong(
                "\(obstacle.subject): \(obstacle.found)\(expected)",
                fix: obstacle.fix ?? "start fewer ranks")
        ]
    }
}
