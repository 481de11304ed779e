import Diagnostics
import Foundation

/// Tries one parser with many bad inputs.
///
/// A parser may take an input or refuse it with a `Failure`; anything else is a finding, and so is an
/// input on which it works for more than `mostSeconds`. Each input is
/// written to a file before it is tried, so that one on which the process ends is known too.
///
/// How many inputs there are, and where their files go, can be set by the environment:
/// `DISTRAIN_FUZZ_SECONDS` (a time in place of a number), `DISTRAIN_FUZZ_SEED`,
/// `DISTRAIN_FUZZ_FOLDER` (which then gets a line a parser in `report.tsv`, and keeps inputs that are
/// findings) and `DISTRAIN_FUZZ_INPUT` (a file that is tried alone).
public struct Campaign {
    /// Inputs that were neither taken nor refused as they should have been.
    public struct Findings: Error, CustomStringConvertible {
        /// For each finding what happened, and where the input is.
        public let description: String
    }

    private let parser: String
    private let exitCodes: Set<ExitCode>
    private let count: Int
    private let deadline: ContinuousClock.Instant?
    private let folder: String
    private let reports: Bool
    private var mutator: Mutator
    private let soleInput: [UInt8]?

    /// Longer messages are of no use to anybody.
    private static let longestMessage = 2_000
    /// Seconds of the thread, in a debug build; a good input takes some milliseconds.
    private static let mostSeconds = 20.0
    /// After so many findings no more are looked for.
    private static let mostFindings = 5

    /// Prepares a campaign.
    ///
    /// - Parameters:
    ///   - parser: Its name, for reports and files.
    ///   - corpus: Good inputs.
    ///   - dictionary: Words that the format knows.
    ///   - count: How many inputs are tried, if no time is given.
    ///   - exitCodes: Those of the failures with which the parser may refuse an input.
    /// - Throws: If the folder for the inputs cannot be made.
    public init(
        _ parser: String, corpus: [[UInt8]], dictionary: [String] = [], count: Int,
        exitCodes: Set<ExitCode>
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        self.parser = parser
        self.count = count
        self.exitCodes = exitCodes
        let seconds = environment["DISTRAIN_FUZZ_SECONDS"].flatMap { Double($0) }
        deadline = seconds.map { .now + .seconds($0) }
        reports = environment["DISTRAIN_FUZZ_FOLDER"] != nil
        folder =
            environment["DISTRAIN_FUZZ_FOLDER"]
            ?? FileManager.default.temporaryDirectory.path + "/distrain-fuzz-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let seed = environment["DISTRAIN_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        mutator = Mutator(corpus: corpus, dictionary: dictionary, seed: seed)
        soleInput = try environment["DISTRAIN_FUZZ_INPUT"].map {
            Array(try Data(contentsOf: URL(fileURLWithPath: $0)))
        }
    }

    /// Tries the inputs.
    ///
    /// - Parameter parse: Is given a file with an input, and the input. A `Failure` that it throws is
    ///   a refusal.
    /// - Throws: `Findings` if there are any.
    public mutating func run(_ parse: (_ path: String, _ input: [UInt8]) throws -> Void) throws {
        let path = "\(folder)/\(parser).input"
        let start = ContinuousClock.now
        var slowest = 0.0
        var (tried, refused) = (0, 0)
        var findings: [String] = []
        while isToGoOn(after: tried) && findings.count < Self.mostFindings {
            let input = soleInput ?? mutator.next()
            try Self.write(input, to: path)
            tried += 1
            let begin = Self.ownSeconds
            var fault: String?
            do {
                try parse(path, input)
            } catch let failure as Failure where isRefusal(failure) {
                refused += 1
            } catch {
                fault = String("\(error)".prefix(Self.longestMessage))
            }
            let seconds = Self.ownSeconds - begin
            slowest = max(slowest, seconds)
            if seconds > Self.mostSeconds { fault = "took \(text(seconds)) s" }
            if let fault {
                let kept = "\(folder)/\(parser).finding-\(findings.count + 1)"
                try Self.write(input, to: kept)
                findings.append("\(fault) on \(kept)")
            }
        }
        unlink(path)
        if reports {
            try report(
                [tried, refused, findings.count].map(String.init)
                    + [text((ContinuousClock.now - start) / .seconds(1)), text(slowest)])
        } else if findings.isEmpty {
            rmdir(folder)
        }
        guard findings.isEmpty else {
            throw Findings(description: findings.joined(separator: "\n"))
        }
    }

    private func isToGoOn(after tried: Int) -> Bool {
        if soleInput != nil { return tried == 0 }
        return deadline.map { .now < $0 } ?? (tried < count)
    }

    /// Whether a failure tells the reader, in a line, what is wrong.
    private func isRefusal(_ failure: Failure) -> Bool {
        let message = "\(failure)"
        return exitCodes.contains(failure.exitCode) && !failure.subject.isEmpty
            && !failure.found.isEmpty && message.utf8.count <= Self.longestMessage
            && !message.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private func report(_ fields: [String]) throws {
        let line = ([parser] + fields).joined(separator: "\t") + "\n"
        let report = folder + "/report.tsv"
        let descriptor = open(report, O_WRONLY | O_CREAT | O_APPEND, 0o666)
        defer { close(descriptor) }
        guard Foundation.write(descriptor, line, line.utf8.count) == line.utf8.count else {
            throw Failure(.inputOutput, in: report, found: "cannot be written")
        }
    }

    private func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }

    /// Seconds that the processor has worked for this thread.
    private static var ownSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        defer { close(descriptor) }
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure(.inputOutput, in: path, found: "cannot be written")
        }
    }
}
