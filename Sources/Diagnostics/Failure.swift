/// An error of the user's or of the machine's making, told so that the reader can act on it.
///
/// A failure names the thing that is wrong, what was expected there, what was found, and the fix.
/// Mistakes of a programmer are not failures; those stop in a `precondition`.
///
/// ```swift
/// throw Failure(.badData, in: "data_batch_2.bin", expected: "30,730,000 bytes",
///     found: "29,998,000 bytes", fix: "fetch it again")
/// ```
public struct Failure: Error, Hashable, Sendable, Codable {
    /// What the process exits with when nobody handles the failure.
    public let exitCode: ExitCode
    /// The file, flag, key or operation that is wrong.
    public let subject: String
    /// What was expected of the subject, or nil where `found` says it all.
    public let expected: String?
    /// What was found instead.
    public let found: String
    /// What the reader can do about it, or nil where nothing is known to help.
    public let fix: String?

    /// Creates a failure.
    ///
    /// - Parameters:
    ///   - exitCode: What the process exits with when nobody handles the failure.
    ///   - subject: The file, flag, key or operation that is wrong.
    ///   - expected: What was expected of the subject.
    ///   - found: What was found instead.
    ///   - fix: What the reader can do about it.
    public init(
        _ exitCode: ExitCode, in subject: String, expected: String? = nil, found: String,
        fix: String? = nil
    ) {
        self.exitCode = exitCode
        self.subject = subject
        self.expected = expected
        self.found = found
        self.fix = fix
    }
}

extension Failure: CustomStringConvertible {
    /// One line: `subject: found, expected …; fix`, whatever a file or a user put into them.
    public var description: String {
        var text = "\(subject.legible): \(found.legible)"
        if let expected { text += ", expected \(expected.legible)" }
        if let fix { text += "; \(fix.legible)" }
        return text
    }
}
