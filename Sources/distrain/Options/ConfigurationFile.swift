import Diagnostics
import Foundation
import Training
import Yams

/// What a YAML file given by `--config` asks for: a mapping from keys to values or lists.
package struct ConfigurationFile {
    /// The part that belongs to the run.
    package private(set) var overrides = RunConfigurationOverrides()
    /// The part that belongs to the process.
    private(set) var settings = ProcessSettings()

    /// Reads a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `.missingInput` if it cannot be read, with `.usage` if it is no such
    ///   mapping, or for an unknown key or a wrong value, with the line.
    package init(path: String) throws {
        let root: Node?
        do {
            // Yams keeps a pointer into the text, which ends too early where a text is so short that
            // Swift holds it in place: 15 bytes.
            root = try Yams.compose(
                yaml: Self.text(of: path) + String(repeating: "\n", count: 16))
        } catch let error as YamlError {
            throw Failure(
                .usage, in: path, found: "is no YAML: \(Self.firstLine(of: error))",
                fix: "write one `key: value` a line")
        }
        // An empty file, or one of comments alone, asks for nothing.
        guard let root, root.tag != Tag(.null) else { return }
        guard let mapping = root.mapping else {
            throw Failure(
                .usage, in: path, expected: "one `key: value` a line", found: "no mapping")
        }
        for (key, value) in mapping { try read(key, value, path: path) }
    }

    private mutating func read(_ key: Node, _ value: Node, path: String) throws {
        let place = key.mark.map { "\(path), line \($0.line)" } ?? path
        let name = key.string ?? ""
        let subject = "\(place): \(name)"
        guard let text = try Self.text(of: value, in: subject) else { return }
        if let key = ConfigurationKey(rawValue: name) {
            try overrides.set(key, to: text, in: subject)
        } else if let key = ProcessSettings.Key(rawValue: name) {
            try settings.set(key, to: text, in: subject)
        } else {
            let known =
                ConfigurationKey.allCases.map(\.rawValue)
                + ProcessSettings.Key.allCases.map(\.rawValue)
            throw Failure(
                .usage, in: subject, found: "unknown key",
                fix: known.nearest(to: name).map { "did you mean \($0)?" }
                    ?? "`distrain help train` lists the flags, which are the keys with `-` for `_`")
        }
    }

    /// The value as it is written, a list with commas; nil for nothing, which means the default.
    private static func text(of value: Node, in subject: String) throws -> String? {
        switch value {
        case .scalar(let scalar):
            return value.tag == Tag(.null) ? nil : scalar.string
        case .sequence(let elements):
            if elements.isEmpty { return "none" }
            return try elements.map { element in
                guard case .scalar(let scalar) = element else { throw notPlain(subject) }
                return scalar.string
            }.joined(separator: ",")
        case .mapping, .alias: throw notPlain(subject)
        }
    }

    private static func notPlain(_ subject: String) -> Failure {
        Failure(
            .usage, in: subject, expected: "a plain value or a list of plain values",
            found: "something nested")
    }

    /// Enough for every key with its longest value.
    private static let largestByteCount = 1 << 20
    /// Aliases of aliases multiply: comparing what a few lines of them stand for would take for ever.
    private static let mostAliases = 16

    private static func text(of path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: largestByteCount + 1) ?? Data()
        else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Failure(
                .missingInput, in: path, found: exists ? "cannot be read" : "no such file",
                fix: "give the path of a YAML file to --config")
        }
        guard data.count <= largestByteCount else {
            throw Failure(
                .usage, in: path, expected: "at most \(largestByteCount.grouped) bytes",
                found: "more")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Failure(.usage, in: path, expected: "UTF-8", found: "other bytes")
        }
        let aliasCount = data.count { $0 == UInt8(ascii: "*") }
        guard aliasCount <= mostAliases else {
            throw Failure(
                .usage, in: path, expected: "at most \(mostAliases) aliases (*name)",
                found: "\(aliasCount.grouped) of them", fix: "write the values out")
        }
        return text
    }

    private static func firstLine(of error: YamlError) -> String {
        "\(error)".split(separator: "\n").first.map(String.init) ?? "unknown error"
    }
}
