import Diagnostics
import FoundationEssentials

/// What failed on some of the ranks, known to all of them: all threw it at the same place, so all
/// can end in order and one of them can report.
public struct AgreedFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A failure and the ranks that it concerns.
    public struct Entry: Hashable, Sendable {
        /// What failed.
        public let failure: Failure
        /// The ranks on which it did, ascending.
        public let ranks: [Int]
    }

    /// The distinct failures, in the order of their lowest ranks.
    public let entries: [Entry]
    /// The number of ranks that agreed.
    public let rankCount: Int

    /// Collects equal failures; nil if nothing failed anywhere.
    ///
    /// - Parameter failures: By rank, nil where nothing failed.
    init?(_ failures: [Failure?]) {
        var order: [Failure] = []
        var ranks: [Failure: [Int]] = [:]
        for (rank, failure) in failures.enumerated() {
            guard let failure else { continue }
            if ranks[failure] == nil { order.append(failure) }
            ranks[failure, default: []].append(rank)
        }
        if order.isEmpty { return nil }
        entries = order.map { Entry(failure: $0, ranks: ranks[$0] ?? []) }
        rankCount = failures.count
    }

    /// Takes over what all ranks found out together; nil if there is nothing.
    ///
    /// - Parameters:
    ///   - failures: The same on every rank.
    ///   - rankCount: The number of ranks.
    public init?(known failures: [Failure], rankCount: Int) {
        if failures.isEmpty { return nil }
        entries = failures.map { Entry(failure: $0, ranks: Array(0..<rankCount)) }
        self.rankCount = rankCount
    }

    /// The exit code of the lowest failing rank.
    public var exitCode: ExitCode { entries.first?.failure.exitCode ?? .internalError }

    /// One line a failure: `rank 1: …`, `ranks 1, 3: …`, or without a prefix if all ranks have it.
    public var description: String {
        entries.map { entry in
            entry.ranks.count == rankCount
                ? "\(entry.failure)" : "\(rankList(entry.ranks)): \(entry.failure)"
        }.joined(separator: "\n")
    }
}

/// `rank 3`, `ranks 1, 3` or `ranks 0–7, 9`: three and more in a row are given as a range.
///
/// - Parameter ranks: Ascending, at least one.
/// - Returns: The text.
public func rankList(_ ranks: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for rank in ranks {
        if let last = runs.last, last.upperBound + 1 == rank {
            runs[runs.count - 1] = last.lowerBound...rank
        } else {
            runs.append(rank...rank)
        }
    }
    let text = runs.flatMap { run in
        run.count > 2
            ? ["\(run.lowerBound)–\(run.upperBound)"] : run.map { "\($0)" }
    }
    return (ranks.count == 1 ? "rank " : "ranks ") + text.joined(separator: ", ")
}

extension Communicator {
    /// Makes the failure of any rank the failure of all.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter failure: What failed on this rank, nil if nothing did.
    /// - Throws: The same `AgreedFailure` on every rank if anything failed on any;
    ///   `Failure` if the message-passing system reports an error.
    public func agree(on failure: Failure?) throws {
        var bytes: [UInt8] = []
        if let failure { bytes = Array(try JSONEncoder().encode(failure)) }
        let failures = try allGather(bytes).map { bytes in
            bytes.isEmpty ? nil : try JSONDecoder().decode(Failure.self, from: Data(bytes))
        }
        if let agreed = AgreedFailure(failures) { throw agreed }
    }

    /// Does something that may fail on some ranks alone, and fails on all of them if it does.
    ///
    /// Every rank has to call it, and `body` must not use the communicator.
    ///
    /// - Parameter body: What each rank does for itself.
    /// - Returns: What `body` returned.
    /// - Throws: As `agree(on:)`; errors of `body` other than `Failure` are thrown on.
    public func agreeing<Value>(_ body: () throws -> Value) throws -> Value {
        var value: Value?
        var failure: Failure?
        do {
            value = try body()
        } catch let error as Failure {
            failure = error
        }
        try agree(on: failure)
        guard let value else {
            preconditionFailure("a failure of this rank was lost while ranks agreed on it")
        }
        return value
    }

    /// Does something that fails on all ranks alike or on none, as what they find out together does.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter body: What the ranks do; it may use the communicator.
    /// - Returns: What `body` returned.
    /// - Throws: `AgreedFailure` for a `Failure` of `body`, which has to be the same on every rank;
    ///   other errors are thrown on.
    public func failingTogether<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw AgreedFailure(known: [failure], rankCount: rankCount) ?? failure
        }
    }

    /// Runs the program of all ranks and reports the error it ends with, once.
    ///
    /// After an `AgreedFailure` rank 0 reports, and all ranks return to end in order. After any
    /// other error the others may be waiting for this rank, so it reports and ends the whole job.
    ///
    /// - Parameters:
    ///   - report: Takes the text of an error, one line or more, without a newline at the end.
    ///   - body: The program.
    /// - Returns: What the process is to exit with after the communicator is closed.
    /// - Throws: Only what `abort` does where it cannot end the process.
    public func runProgram(
        reporting report: (String) -> Void, _ body: () throws -> ExitCode
    ) throws -> ExitCode {
        do {
            return try body()
        } catch let agreed as AgreedFailure {
            if rank == 0 { report("\(agreed)") }
            return agreed.exitCode
        } catch {
            report(rankCount > 1 ? "rank \(rank): \(error)" : "\(error)")
            try abort(exitCode: (error as? Failure)?.exitCode ?? .internalError)
        }
    }
}
