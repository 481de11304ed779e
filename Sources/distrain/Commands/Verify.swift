import ArgumentParser
import Diagnostics
import Training

/// `distrain verify`.
struct Verify: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Computes steps of a run again and compares every bit.",
        discussion: """
            Checks the chain of RUN/ledger.jsonl, takes the nearest checkpoint before the first
            step, or else the values before training, computes the steps on any number of ranks, and
            compares loss, gradient norm, learning rate and the fingerprints of all tensors with the
            ledger, and all parameters at checkpoints. Iterations of batch optimizers and levels of
            trees are steps. Nothing in RUN is changed.

            It exits with 0 if all is identical, and with 65 if not: the first difference is named.

            EXAMPLES
              distrain verify runs/cifar-net-cifar10
              mpirun -n 2 distrain verify runs/cifar-net-cifar10 --steps 300-390
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"))
    var folder: String

    @Option(
        help: ArgumentHelp("The steps; all in the ledger if not given.", valueName: "a-b"))
    var steps: String?

    @Option(
        help: ArgumentHelp(
            "How many ranks there must be; any, or a number that the launch is checked against.",
            valueName: "any|n"))
    var ranks = "any"

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files; the default is $DISTRAIN_DATA, else that of the "
                + "training.",
            valueName: "dir"))
    var data: String?

    @OptionGroup(title: "Process") var process: ProcessFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let (settings, steps) = try run.communicator.agreeing {
            let settings = try process.settings()
            settings.apply(to: &run)
            try checkRanks(run.communicator.rankCount)
            return (settings, try parsedSteps())
        }
        try run.warn(LaunchWarning.all(run.environment))
        let result = try run.watching(hangTimeout: settings.hangTimeout) {
            try RunVerification.run(
                folder, steps: steps, dataFolder: data ?? run.environment.givenDataFolder,
                communicator: run.communicator
            ) { try ConfigurationFile(path: $0).overrides }
        }
        for note in result.notes { run.logger.notice("\(note)") }
        try run.onFirstRank { try run.console.print(Self.text(of: result)) }
        return result.difference == nil ? .success : .badData
    }

    private func checkRanks(_ rankCount: Int) throws {
        guard ranks != "any" else { return }
        guard let count = Int(ranks), count >= 1 else {
            throw Failure(
                .usage, in: "--ranks", expected: "any or a whole number of at least 1",
                found: "\"\(ranks)\"")
        }
        guard count == rankCount else {
            throw Failure(
                .badLaunch, in: "--ranks", expected: "\(count)",
                found: rankCount.counted("rank"), fix: "start it with mpirun -n \(count)")
        }
    }

    /// A step, or the first and the last with `-` between them.
    private func parsedSteps() throws -> ClosedRange<Int>? {
        guard let steps else { return nil }
        let ends = steps.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            first >= 1, first <= last
        else {
            throw Failure(
                .usage, in: "--steps", expected: "steps such as 300-390 or 300",
                found: "\"\(steps)\"")
        }
        return first...last
    }

    private static func text(of result: RunVerification) -> String {
        let beginning =
            result.checkpoint == nil
            ? "the seed" : "the checkpoint of step \((result.firstReplayed - 1).grouped)"
        let way = "computed from \(beginning) on \(result.rankCount.counted("rank"))"
        guard let difference = result.difference else {
            let (first, last) = (result.steps.lowerBound, result.steps.upperBound)
            return "steps \(first)-\(last): identical "
                + "(\(way), \(result.tensorCount.counted("tensor")) a step)"
        }
        return "step \(difference.step) differs: \(difference.subject) is \(difference.first), "
            + "the ledger has \(difference.second) (\(way))"
    }
}
