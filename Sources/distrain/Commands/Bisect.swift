import ArgumentParser
import Diagnostics
import Foundation
import Training

/// `distrain bisect`.
struct Bisect: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Finds the first step at which two runs part.",
        discussion: """
            Compares the two runs' ledger.jsonl; nothing is computed again. Where the settings that
            determine the bits differ, they are named.

            It exits with 0 if all common steps are identical, and with 65 if the runs part or a
            ledger was changed after it was written.

            EXAMPLES
              distrain bisect runs/cifar-net-cifar10 runs/cifar-net-cifar10-2
            """)

    static let computes = false

    @Argument(help: ArgumentHelp("A run directory.", valueName: "run"))
    var first: String

    @Argument(help: ArgumentHelp("Another.", valueName: "other"))
    var second: String

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var isIdentical = true
        try run.onFirstRank {
            let comparison = try LedgerComparison(first, second)
            for line in try lines(comparison) { try run.console.print(line) }
            isIdentical = comparison.difference == nil && comparison.damages.isEmpty
        }
        return try run.communicator.bitwiseOr(isIdentical ? 0 : 1) == 0 ? .success : .badData
    }

    private func lines(_ comparison: LedgerComparison) throws -> [String] {
        var lines: [String] = []
        if let difference = comparison.difference {
            lines.append(
                "part at step \(difference.step): \(difference.subject) is \(difference.first) in "
                    + "\(first), \(difference.second) in \(second)")
        } else {
            let counts = comparison.stepCounts
            lines.append(
                "identical over \(comparison.commonSteps.count.counted("common step")) "
                    + "(\(first): \(counts.first.grouped), \(second): \(counts.second.grouped))")
        }
        if !comparison.hasSameSettings {
            let settings = try differingSettings().joined(separator: "; ")
            lines.append("settings that differ: \(settings)")
        }
        let processors = comparison.processors
        if processors.first != processors.second {
            lines.append("processors that differ: \(processors.first); \(processors.second)")
        }
        return lines + comparison.damages.map { "\($0)" }
    }

    /// As in `seed 1, 2`.
    private func differingSettings() throws -> [String] {
        let (a, b) = (try settings(of: first), try settings(of: second))
        return ConfigurationKey.allCases.filter(\.determinesBits).compactMap { key in
            let (x, y) = (a.text(of: key), b.text(of: key))
            return x == y ? nil : "\(key.rawValue) \(x ?? "none"), \(y ?? "none")"
        }
    }

    private func settings(of folder: String) throws -> RunConfigurationOverrides {
        let path = folder + "/config.yml"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(.missingInput, in: path, found: "no such file")
        }
        return try ConfigurationFile(path: path).overrides
    }
}
