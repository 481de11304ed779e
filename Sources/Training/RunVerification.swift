import Communication
import Diagnostics

/// Computes steps of a run once more and compares them, bit by bit, with its ledger.
///
/// ```swift
/// let verification = try RunVerification.run(
///     folder, steps: 4...8, communicator: communicator) { try overrides(inFile: $0) }
/// ```
public struct RunVerification: Sendable {
    /// The steps that were asked for.
    public let steps: ClosedRange<Int>
    /// The first step that was computed; before those asked for if no checkpoint lies nearer.
    public let firstReplayed: Int
    /// The folder of the checkpoint from which steps were computed; nil for the values before
    /// training.
    public let checkpoint: String?
    /// The number of ranks that computed them.
    public let rankCount: Int
    /// The number of tensors whose fingerprints were compared.
    public let tensorCount: Int
    /// What the user should know: checkpoints that are not good, another processor.
    public let notes: [String]
    /// The first difference: what was computed first, what the ledger says second; nil if all is
    /// identical.
    public let difference: LedgerDifference?

    /// Verifies a run; writes nothing into its folder.
    ///
    /// Every rank has to call it. Rank 0 alone looks at the run directory, which others may not see.
    ///
    /// - Parameters:
    ///   - folder: The run directory.
    ///   - steps: The steps to compare; nil for all in the ledger.
    ///   - dataFolder: Where the data sets' files are; nil for where they were in the training.
    ///   - communicator: The ranks.
    ///   - data: The images, if they are open already.
    ///   - readConfiguration: Reads the `config.yml` at a path.
    /// - Returns: The result, on every rank the same.
    /// - Throws: `AgreedFailure`, the same on every rank: with `missingInput` if there is no ledger,
    ///   with `badData` if it was changed, with `usage` if it has no such steps.
    public static func run(
        _ folder: String, steps: ClosedRange<Int>? = nil, dataFolder: String? = nil,
        communicator: any Communicator, data: RunData? = nil,
        readConfiguration: (String) throws -> RunConfigurationOverrides
    ) throws -> RunVerification {
        let folder = RunFolder(folder)
        var ledger: LedgerFile?
        let plan = try communicator.fromRankZero {
            let file = try LedgerFile(reading: folder.ledger)
            ledger = file
            guard exists(folder.configuration) else {
                throw Failure(.missingInput, in: folder.configuration, found: "no such file")
            }
            return try ReplayPlan(
                folder, file, readConfiguration(folder.configuration), steps: steps)
        }
        var asked = RunConfigurationOverrides(plan.configuration)
        if let dataFolder { asked.data = dataFolder }
        let samples = try data ?? RunData.open(asked, communicator: communicator)
        let replay = try replay(plan, data: samples, communicator: communicator)
        let difference = try firstDifference(replay, plan, ledger)
        return RunVerification(
            steps: plan.first...plan.last, firstReplayed: plan.start + 1,
            checkpoint: plan.checkpoint?.path, rankCount: communicator.rankCount,
            tensorCount: replay.tensorNames.count, notes: plan.notes, difference: difference)
    }

    /// Stands where the steps to be made begin.
    private static func replay(
        _ plan: ReplayPlan, data: RunData, communicator: any Communicator
    ) throws -> any RunReplay {
        guard TreeChoice(plan.configuration) == nil else {
            return try TreeReplay(plan, data: data, communicator: communicator)
        }
        let values = try ReplayValues(plan, data: data, communicator: communicator)
        return plan.configuration.usesBatchOptimizer
            ? try BatchReplay(values) : try StepReplay(plan, values)
    }

    /// Compares step by step, up to the first difference.
    private static func firstDifference(
        _ replay: any RunReplay, _ plan: ReplayPlan, _ ledger: LedgerFile?
    ) throws -> LedgerDifference? {
        let communicator = replay.communicator
        var difference = try communicator.fromRankZero {
            try ledger.flatMap { try $0.differenceAtStart(of: replay, plan) }
        }
        var step = plan.start
        while difference == nil && step < plan.last {
            let line = try replay.next()
            step += 1
            var found: LedgerDifference?
            if let line, let ledger {
                found = try ledger.difference(of: line, replay, step: step)
            }
            // One word at every step, and more only where something was found.
            if try communicator.bitwiseOr(found == nil ? 0 : 1) != 0 {
                difference = try communicator.fromRankZero { found }
            }
        }
        return difference
    }
}

extension LedgerFile {
    /// Compares that with which a replay begins with what the ledger says of it.
    ///
    /// - Throws: `Failure` with `badData` if the checkpoint follows other steps than the ledger's.
    fileprivate func differenceAtStart(
        of replay: any RunReplay, _ plan: ReplayPlan
    ) throws -> LedgerDifference? {
        guard let checkpoint = plan.checkpoint else { return nil }
        let step = plan.start
        if let line = line(ofStep: step) {
            let difference = try LedgerDifference.between(
                replay.tensorsText(), names: replay.tensorNames, line, step: step)
            if let difference { return difference }
        }
        if let stated = checkpoint.state.ledgerChain, let own = chain(afterStep: step),
            stated != own
        {
            throw Failure(
                .badData, in: path,
                expected: "the chain at step \(step) that \(checkpoint.path) holds",
                found: "another one: a step before was changed")
        }
        return try parametersDifference(replay, step: step)
    }

    /// Compares a step that was computed with its line.
    fileprivate func difference(
        of computed: LedgerDifference.Line, _ replay: any RunReplay, step: Int
    ) throws -> LedgerDifference? {
        guard let line = line(ofStep: step) else { return nil }
        return try LedgerDifference.between(computed, line, step: step)
            ?? parametersDifference(replay, step: step)
    }

    /// Compares all parameters with their digest, at steps with a checkpoint.
    private func parametersDifference(
        _ replay: any RunReplay, step: Int
    ) throws -> LedgerDifference? {
        guard let expected = try parametersSHA256(atStep: step) else { return nil }
        let found = replay.parametersSHA256()
        return found == expected
            ? nil : LedgerDifference(step: step, "parameters sha256", found, expected)
    }
}
