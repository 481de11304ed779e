import Diagnostics
import Foundation

/// What rank 0 finds in a run directory that is to be verified.
struct ReplayPlan: Codable, Sendable {
    /// The run's configuration.
    let configuration: RunConfiguration
    /// The steps that are asked for.
    let first: Int
    let last: Int
    /// The checkpoint from which they are computed; nil for the values before training.
    let checkpoint: ResumePoint?
    /// What the user should know.
    let notes: [String]

    /// The steps made before those that are computed.
    var start: Int { checkpoint?.state.progress.step ?? 0 }

    /// Chooses the steps and where to begin.
    ///
    /// - Parameters:
    ///   - folder: The run directory.
    ///   - ledger: Its ledger.
    ///   - overrides: What its `config.yml` says.
    ///   - steps: The steps that are asked for; nil for all.
    /// - Throws: `Failure` with `usage` if the ledger has no such steps, with `badData` if the
    ///   ledger or `config.yml` was changed.
    init(
        _ folder: RunFolder, _ ledger: LedgerFile, _ overrides: RunConfigurationOverrides,
        steps: ClosedRange<Int>?
    ) throws {
        if let damage = ledger.damage { throw damage }
        let all = ledger.steps
        guard !all.isEmpty else {
            throw Failure(.badData, in: ledger.path, found: "has no steps")
        }
        first = steps?.lowerBound ?? all.lowerBound
        last = steps?.upperBound ?? all.upperBound - 1
        guard all.contains(first), all.contains(last) else {
            throw Failure(
                .usage, in: "--steps", expected: "a part of the ledger's \(all.text)",
                found: "\(first)-\(last)")
        }
        configuration = try Self.configuration(overrides, folder, ledger.header)
        var notes = Self.notes(on: configuration, ledger.header)
        checkpoint = Self.newestGoodCheckpoint(folder, before: first, &notes)
        self.notes = notes
    }

    private static func configuration(
        _ overrides: RunConfigurationOverrides, _ folder: RunFolder, _ header: LedgerHeader
    ) throws -> RunConfiguration {
        let configuration = try overrides.dataset.map {
            try RunConfiguration.resolved(overrides, dataset: $0)
        }
        guard let configuration, configuration.bitsDigest == header.configuration else {
            throw Failure(
                .badData, in: folder.configuration,
                expected: "those that the ledger began with", found: "holds other settings",
                fix: "bring back the file that the run wrote")
        }
        return configuration
    }

    private static func newestGoodCheckpoint(
        _ folder: RunFolder, before step: Int, _ notes: inout [String]
    ) -> ResumePoint? {
        for older in folder.steps() where older < step {
            do {
                return ResumePoint(
                    try Checkpoint(verifying: folder.checkpoint(ofStep: older)))
            } catch {
                notes.append("checkpoint of step \(older) is not used: \(error)")
            }
        }
        return nil
    }

    private static func notes(
        on configuration: RunConfiguration, _ header: LedgerHeader
    ) -> [String] {
        var notes: [String] = []
        if header.processor != LedgerHeader.ownProcessor {
            notes.append(
                "the run began with \(header.processor); here it is \(LedgerHeader.ownProcessor), "
                    + "so the bits may be others")
        }
        if configuration.reduction == .mpi {
            notes.append(
                "gradients were added by MPI, so the bits hang on the number of ranks")
        }
        return notes
    }
}
