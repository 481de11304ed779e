import Diagnostics
import Foundation

/// The first thing in which two lines of the same step differ.
public struct LedgerDifference: Hashable, Sendable, Codable {
    /// The steps made.
    public let step: Int
    /// What differs: `loss`, `gradient norm`, `learning rate`, `tensor NAME`, `parameters sha256`.
    public let subject: String
    /// Its value in the first line, as text.
    public let first: String
    /// Its value in the second line, as text.
    public let second: String

    /// Names a difference.
    init(step: Int, _ subject: String, _ first: String, _ second: String) {
        self.step = step
        self.subject = subject
        self.first = first
        self.second = second
    }

    /// A line of a ledger and the names of its tensors.
    struct Line {
        /// The text up to the chain.
        let content: Data
        let tensorNames: [String]
    }

    /// The values of a step's line; the line of a level of a tree has tensors alone.
    private struct Values: Decodable {
        let loss: String?
        let gradientNorm: String?
        let learningRate: String?
        let tensors: String

        enum CodingKeys: String, CodingKey {
            case loss, tensors
            case gradientNorm = "gradient_norm"
            case learningRate = "learning_rate"
        }

        init(_ line: Line) throws {
            self = try JSONFiles.decode(
                Values.self, from: line.content + Data("}".utf8), path: "line of a ledger")
        }
    }

    /// Compares two lines of a step, in the order in which a step computes what they hold.
    ///
    /// - Parameters:
    ///   - first: A line.
    ///   - second: Another.
    ///   - step: The steps made.
    /// - Returns: The first difference; nil if the lines are equal.
    /// - Throws: `Failure` with `badData` if a line is no step's.
    static func between(_ first: Line, _ second: Line, step: Int) throws -> LedgerDifference? {
        guard first.content != second.content else { return nil }
        let (a, b) = (try Values(first), try Values(second))
        for (subject, x, y) in [
            ("loss", a.loss, b.loss), ("gradient norm", a.gradientNorm, b.gradientNorm),
            ("learning rate", a.learningRate, b.learningRate),
        ] where x != y {
            return LedgerDifference(step: step, subject, numberText(x), numberText(y))
        }
        let tensor = betweenTensors(
            a.tensors, names: first.tensorNames, b.tensors, names: second.tensorNames, step: step)
        return tensor ?? LedgerDifference(step: step, "the line's text", "one", "another")
    }

    /// Compares fingerprints with those in the line of a step.
    ///
    /// - Parameters:
    ///   - fingerprints: As lines hold them.
    ///   - names: The names of their tensors.
    ///   - line: A line.
    ///   - step: The steps made.
    /// - Returns: The first difference; nil if all are equal.
    /// - Throws: `Failure` with `badData` if the line is no step's.
    static func between(
        _ fingerprints: String, names: [String], _ line: Line, step: Int
    ) throws -> LedgerDifference? {
        betweenTensors(
            fingerprints, names: names, try Values(line).tensors, names: line.tensorNames,
            step: step)
    }

    private static func betweenTensors(
        _ first: String, names firstNames: [String], _ second: String,
        names secondNames: [String], step: Int
    ) -> LedgerDifference? {
        for tensor in 0..<max(firstNames.count, secondNames.count) {
            let (x, y) = (fingerprint(tensor, in: first), fingerprint(tensor, in: second))
            guard x != y else { continue }
            let names = tensor < firstNames.count ? firstNames : secondNames
            return LedgerDifference(step: step, "tensor \(names[tensor])", x, y)
        }
        return nil
    }

    private static func fingerprint(_ tensor: Int, in text: String) -> String {
        let digits = text.utf8.dropFirst(8 * tensor).prefix(8)
        return digits.isEmpty ? "missing" : String(decoding: digits, as: UTF8.self)
    }

    /// As in `2.302585092994046 (40026bb1bbb55516)`.
    private static func numberText(_ digits: String?) -> String {
        guard let digits else { return "missing" }
        return UInt64(digits, radix: 16).map { "\(Double(bitPattern: $0)) (\(digits))" } ?? digits
    }
}
