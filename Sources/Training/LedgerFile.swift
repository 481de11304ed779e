import Diagnostics
import Foundation

/// A ledger on disk, read and checked.
struct LedgerFile: Sendable {
    /// A line after the header.
    struct Entry: Sendable {
        /// What a line tells of.
        enum Kind: String, Sendable { case step, checkpoint }

        let kind: Kind
        /// The steps made.
        let step: Int
        /// The line's text up to its chain, and the line with its newline, as places in the file.
        let content: Range<Int>
        let line: Range<Int>
        /// The chain's value, computed from the contents.
        let chain: String
    }

    /// The file.
    let path: String
    let header: LedgerHeader
    /// Where the header's line ends, one past its newline.
    let headerEnd: Int
    /// The chain's value at the header.
    let headerChain: String
    /// The steps and checkpoints in the order of their lines.
    let entries: [Entry]
    /// The first line that is not as it was written, if there is one.
    let damage: Failure?
    /// The entries before the damage.
    let soundCount: Int
    private let bytes: Data

    /// Reads a ledger and computes its chain; a last line that was cut off does not count.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `missingInput` if it is not there, with `badData` if its header
    ///   cannot be read.
    init(reading path: String) throws {
        guard exists(path) else {
            throw Failure(
                .missingInput, in: path, found: "no such file",
                fix: "give a run directory, as `distrain train` writes it")
        }
        bytes = try DurableFiles.read(path)
        var reader = LedgerReader(bytes, path: path)
        header = try reader.readHeader()
        headerChain = reader.chain.text
        headerEnd = reader.position
        entries = reader.readEntries()
        damage = reader.damage
        soundCount = reader.soundCount ?? entries.count
        self.path = path
    }

    /// The steps that have lines; empty if there are none.
    var steps: Range<Int> {
        let last = entries.last { $0.kind == .step }?.step ?? header.beginsAfter
        return header.beginsAfter + 1..<last + 1
    }

    private func first(_ kind: Entry.Kind, _ step: Int) -> Entry? {
        // Entries ascend by step, a checkpoint after its step.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].step < step { low = middle + 1 } else { high = middle }
        }
        while low < entries.count, entries[low].step == step, entries[low].kind != kind { low += 1 }
        return low < entries.count && entries[low].step == step ? entries[low] : nil
    }

    /// The line of a step with the names of its tensors, to be compared.
    ///
    /// - Parameter step: The steps made.
    /// - Returns: The line; nil if the ledger has none.
    func line(ofStep step: Int) -> LedgerDifference.Line? {
        first(.step, step).map {
            LedgerDifference.Line(content: bytes[$0.content], tensorNames: header.tensors)
        }
    }

    /// The SHA-256 over all parameters and running statistics at a checkpoint.
    ///
    /// - Parameter step: The steps made.
    /// - Returns: The digits; nil if the ledger tells of no checkpoint at the step.
    /// - Throws: `Failure` with `badData` if the line is no checkpoint's.
    func parametersSHA256(atStep step: Int) throws -> String? {
        struct Values: Decodable {
            let parametersSHA256: String

            enum CodingKeys: String, CodingKey {
                case parametersSHA256 = "parameters_sha256"
            }
        }
        return try first(.checkpoint, step).map {
            try JSONFiles.decode(
                Values.self, from: bytes[$0.content] + Data("}".utf8), path: path
            ).parametersSHA256
        }
    }

    /// The chain's value after so many steps; nil if they have no line.
    func chain(afterStep step: Int) -> String? {
        step == header.beginsAfter ? headerChain : first(.step, step)?.chain
    }

    /// The file up to a step, with the checkpoint of the step.
    ///
    /// - Parameter step: The steps made.
    /// - Returns: The bytes, whether they end with the line of a checkpoint at the step, and why
    ///   they are not sound, if they are not.
    func beginning(throughStep step: Int) -> (bytes: Data, endsWithCheckpoint: Bool, flaw: Failure?)
    {
        let kept = entries.prefix { $0.step <= step }
        let last = kept.last
        var flaw = kept.count > soundCount ? damage : nil
        if flaw == nil && chain(afterStep: step) == nil {
            flaw = damage ?? Failure(.badData, in: path, found: "has no line of step \(step)")
        }
        return (
            bytes[0..<(last?.line.upperBound ?? headerEnd)],
            last.map { $0.kind == .checkpoint && $0.step == step } ?? false, flaw
        )
    }
}
