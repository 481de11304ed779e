import Diagnostics
import Foundation
import Metrics

/// A template for the names of checkpoints, such as `{epoch:02}-{val_accuracy:.2f}`.
///
/// Fields stand in braces, with a format after a colon if wished: `02` pads whole numbers with zeros
/// to a width, `.2f` gives digits after the point.
struct CheckpointNameTemplate {
    private enum Part {
        case text(String)
        case field(String, width: Int, digits: Int?)
    }

    private let parts: [Part]

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - text: The template.
    ///   - metrics: What is measured on the validation samples.
    /// - Throws: `Failure` with `usage` for an unknown field, an unknown format, a brace without
    ///   its pair, and names that the run directory needs itself.
    init(_ text: String, metrics: [Metric]) throws {
        let known =
            ["epoch", "step", "train_loss", "train_accuracy"] + metrics.map(\.validationName)
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Self.failure("a } for every {", text)
            }
            parts.append(.text(String(rest[..<open])))
            parts.append(
                try Self.field(rest[rest.index(after: open)..<close], known: known, of: text))
            rest = rest[rest.index(after: close)...]
        }
        parts.append(.text(String(rest)))
        let reserved = text == "best" || text == "last" || text.hasPrefix("step-")
        guard !text.contains("/"), !text.hasPrefix("."), !reserved, !rest.contains("}") else {
            throw Self.failure("a file name other than best, last and step-…", text)
        }
        self.parts = parts
    }

    private static func field(
        _ text: Substring, known: [String], of template: String
    ) throws -> Part {
        let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(pieces[0])
        guard known.contains(name) else {
            throw Failure(
                .usage, in: "--checkpoint-name", expected: known.joined(separator: ", "),
                found: "unknown field {\(name)}",
                fix: known.nearest(to: name).map { "did you mean {\($0)}?" })
        }
        guard pieces.count > 1 else { return .field(name, width: 0, digits: nil) }
        let format = pieces[1]
        if format.hasPrefix("."), format.hasSuffix("f"),
            let digits = Int(format.dropFirst().dropLast()), (0...17).contains(digits)
        {
            return .field(name, width: 0, digits: digits)
        }
        if let width = Int(format), (1...20).contains(width), format.hasPrefix("0") {
            return .field(name, width: width, digits: nil)
        }
        throw failure("formats such as {epoch:02} and {val_accuracy:.2f}", template)
    }

    private static func failure(_ expected: String, _ text: String) -> Failure {
        Failure(.usage, in: "--checkpoint-name", expected: expected, found: "\"\(text)\"")
    }

    /// The name for some values.
    ///
    /// - Parameter values: By field; a field without a value becomes `none`.
    /// - Returns: The name.
    func name(_ values: [String: Double]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .field(let name, let width, let digits):
                guard let value = values[name] else { return "none" }
                if let digits { return String(format: "%.\(digits)f", value) }
                let text =
                    value == value.rounded() && abs(value) < 1e15
                    ? "\(Int(value))" : "\(value)"
                return String(repeating: "0", count: max(0, width - text.count)) + text
            }
        }.joined()
    }
}
