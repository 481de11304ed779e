import Diagnostics
import Foundation

/// Goes through the lines of a ledger and computes its chain anew.
struct LedgerReader {
    /// The chain as far as the lines have been read.
    let chain = LedgerChain()
    /// Where the next line begins.
    private(set) var position = 0
    /// The first line that is not as it was written.
    private(set) var damage: Failure?
    /// The entries before the damage; nil without damage.
    private(set) var soundCount: Int?
    private let bytes: Data
    private let path: String
    private var lineNumber = 0
    private var lastStep = 0

    /// What stands before the chain of every line, and how long the line is from there on.
    private static let chainKey = Array(",\"chain\":\"".utf8)
    private static let chainEnd = Array("\"}".utf8)
    private static let tailCount = chainKey.count + ReusableSHA256.digitCount + chainEnd.count

    /// Begins at the first line.
    ///
    /// - Parameters:
    ///   - bytes: The whole file, with indices from 0.
    ///   - path: The file, for messages.
    init(_ bytes: Data, path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Reads the first line.
    ///
    /// - Throws: `Failure` with `badData`.
    mutating func readHeader() throws -> LedgerHeader {
        let place = "\(path), line 1"
        guard let line = nextLine(), let (content, stated) = Self.parts(of: line, in: bytes) else {
            throw Failure(.badData, in: place, found: "is no header of a ledger")
        }
        let header = try JSONFiles.decode(LedgerHeader.self, from: bytes[line], path: place)
        guard header.format == LedgerHeader.currentFormat else {
            throw Failure(
                .badData, in: place, expected: "format \(LedgerHeader.currentFormat)",
                found: "format \(header.format)", fix: "use the version of distrain that wrote it")
        }
        // So that steps can be counted from there.
        guard RunProgress.stepRange.contains(header.beginsAfter) else {
            throw Failure(
                .badData, in: place, expected: "a number of steps",
                found: "begins after step \(header.beginsAfter)")
        }
        append(content)
        lastStep = header.beginsAfter
        if header.beginsAfter > 0 {
            // The chain goes on from a ledger that is lost.
            chain.reset(to: stated)
        } else if chain.text != stated {
            note(Self.edited(place), soundCount: 0)
        }
        return header
    }

    /// Reads the lines after the header, up to one that is no line of a ledger at all.
    mutating func readEntries() -> [LedgerFile.Entry] {
        var entries: [LedgerFile.Entry] = []
        while let line = nextLine() {
            guard let (content, stated) = Self.parts(of: line, in: bytes),
                let (kind, step) = Self.beginning(of: content, in: bytes),
                step == (kind == .step ? lastStep + 1 : lastStep)
            else {
                note(
                    Failure(
                        .badData, in: "\(path), line \(lineNumber)",
                        expected: "the line of step \(lastStep + 1)", found: "is another"),
                    soundCount: entries.count)
                break
            }
            lastStep = step
            let value: String
            switch kind {
            case .step:
                append(content)
                value = chain.text
            case .checkpoint:
                value = bytes[content].withUnsafeBytes {
                    String(decoding: chain.value(ofSide: $0), as: UTF8.self)
                }
            }
            if value != stated {
                let place = "\(path), line \(lineNumber) (\(kind.rawValue) \(step))"
                note(Self.edited(place), soundCount: entries.count)
            }
            entries.append(
                LedgerFile.Entry(
                    kind: kind, step: step, content: content,
                    line: line.lowerBound..<line.upperBound + 1, chain: value))
        }
        return entries
    }

    private mutating func note(_ failure: Failure, soundCount count: Int) {
        guard damage == nil else { return }
        damage = failure
        soundCount = count
    }

    private static func edited(_ place: String) -> Failure {
        Failure(
            .badData, in: place, expected: "what its chain was computed from",
            found: "was changed after it was written")
    }

    /// The next whole line without its newline.
    private mutating func nextLine() -> Range<Int>? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = end + 1 }
        lineNumber += 1
        return position..<end
    }

    private func append(_ content: Range<Int>) {
        bytes[content].withUnsafeBytes { chain.append($0) }
    }

    /// The text before the chain, and the chain that the line states.
    private static func parts(
        of line: Range<Int>, in bytes: Data
    ) -> (content: Range<Int>, chain: String)? {
        guard line.count > tailCount else { return nil }
        let end = line.upperBound - tailCount
        let digits = end + chainKey.count..<line.upperBound - chainEnd.count
        guard bytes[end..<digits.lowerBound].elementsEqual(chainKey),
            bytes[digits.upperBound..<line.upperBound].elementsEqual(chainEnd),
            bytes[digits].allSatisfy({ $0 < 0x80 })
        else { return nil }
        return (line.lowerBound..<end, String(decoding: bytes[digits], as: UTF8.self))
    }

    /// What a line tells of, and its step.
    private static func beginning(
        of content: Range<Int>, in bytes: Data
    ) -> (LedgerFile.Entry.Kind, Int)? {
        for kind in [LedgerFile.Entry.Kind.step, .checkpoint] {
            let key = Array("{\"\(kind.rawValue)\":".utf8)
            guard bytes[content].starts(with: key) else { continue }
            let digits = bytes[content].dropFirst(key.count).prefix { $0 != UInt8(ascii: ",") }
            return Int(String(decoding: digits, as: UTF8.self)).map { (kind, $0) }
        }
        return nil
    }
}
