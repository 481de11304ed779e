import Diagnostics
import Glibc

/// Standard output and standard error of the run.
struct Console: Sendable {
    /// The terminal that shows standard output; nil if it goes to a file or a pipe.
    let terminal: Terminal?
    /// Whether text may be coloured.
    let usesColor: Bool

    /// Looks at where output goes.
    init(_ environment: LaunchEnvironment) {
        terminal = Terminal.find(environment)
        usesColor = terminal != nil && environment.allowsColor
    }

    /// Writes a line to standard output.
    ///
    /// - Parameter line: The text without the newline.
    /// - Throws: `Failure` with `.inputOutput` if it cannot be written.
    func print(_ line: String) throws { try write(line + "\n") }

    /// Writes text to standard output at once.
    ///
    /// - Parameter text: The text.
    /// - Throws: `Failure` with `.inputOutput` if it cannot be written.
    func write(_ text: String) throws {
        if let error = writeAll(text, to: STDOUT_FILENO) {
            throw Failure(
                .inputOutput, in: "standard output", found: String(cString: strerror(error)))
        }
    }

    /// Writes a line to standard error.
    ///
    /// Where that fails there is nobody left to tell.
    ///
    /// - Parameter line: The text without the newline.
    static func report(_ line: String) { _ = writeAll(line + "\n", to: STDERR_FILENO) }
}

/// Writes text with as few system calls as it takes, so that lines of several processes seldom mix.
///
/// - Returns: The number of the error, or nil.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
    var remaining = Array(text.utf8)[...]
    while !remaining.isEmpty {
        let count = remaining.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            remaining = remaining.dropFirst(count)
        } else if errno != EINTR {
            return errno
        }
    }
    return nil
}
