import Diagnostics

/// Where two runs part, by their ledgers alone.
public struct LedgerComparison: Sendable {
    /// The steps of which both ledgers have lines.
    public let commonSteps: ClosedRange<Int>
    /// The first difference within them; nil if there is none.
    public let difference: LedgerDifference?
    /// Lines that are not as they were written, at most one of each ledger.
    public let damages: [Failure]
    /// Whether the settings that determine the bits are the same.
    public let hasSameSettings: Bool
    /// What computed the first and the second run.
    public let processors: (first: String, second: String)

    private let first: LedgerFile
    private let second: LedgerFile

    /// Compares the ledgers of two runs.
    ///
    /// Equal values of the chains stand for equal histories, so the step is found by halving. Where
    /// the headers differ, no values are equal, and the lines are compared one by one.
    ///
    /// - Parameters:
    ///   - firstFolder: A run directory.
    ///   - secondFolder: Another.
    /// - Throws: `Failure` with `missingInput` if one has no ledger, with `badData` if a header
    ///   cannot be read or there are no common steps.
    public init(_ firstFolder: String, _ secondFolder: String) throws {
        first = try LedgerFile(reading: RunFolder(firstFolder).ledger)
        second = try LedgerFile(reading: RunFolder(secondFolder).ledger)
        damages = [first.damage, second.damage].compactMap { $0 }
        let common = first.steps.clamped(to: second.steps)
        guard !common.isEmpty else {
            throw damages.first
                ?? Failure(
                    .badData, in: second.path, expected: "steps that \(first.path) has too",
                    found: "\(second.steps.text) beside \(first.steps.text)")
        }
        commonSteps = common.lowerBound...common.upperBound - 1
        hasSameSettings = first.header.configuration == second.header.configuration
        processors = (first.header.processor, second.header.processor)
        difference = try Self.firstDifference(first, second, in: commonSteps)
    }

    private static func firstDifference(
        _ first: LedgerFile, _ second: LedgerFile, in steps: ClosedRange<Int>
    ) throws -> LedgerDifference? {
        var low = steps.lowerBound
        var high = steps.upperBound + 1
        while low < high {
            let middle = (low + high) / 2
            if first.chain(afterStep: middle) == second.chain(afterStep: middle) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low <= steps.upperBound else { return nil }
        // The line at which the chains part differs, unless they parted before the common steps.
        for step in low...steps.upperBound {
            let difference = try LedgerDifference.between(
                line(of: step, in: first), line(of: step, in: second), step: step)
            if let difference { return difference }
        }
        return nil
    }

    private static func line(of step: Int, in file: LedgerFile) throws -> LedgerDifference.Line {
        guard let line = file.line(ofStep: step) else {
            throw Failure(.badData, in: file.path, found: "has no line of step \(step)")
        }
        return line
    }

    /// The number of steps of each ledger.
    public var stepCounts: (first: Int, second: Int) { (first.steps.count, second.steps.count) }
}

extension Range<Int> {
    /// As in `steps 1-8`, or `no steps`.
    var text: String { isEmpty ? "no steps" : "steps \(lowerBound)-\(upperBound - 1)" }
}
