import Communication
import Diagnostics
import Glibc

/// A fault that a user wants to see, given by `DISTRAIN_FAULT`: how a job, a scheduler and those who
/// look after them take it is better known before it happens.
///
/// `RANK:PHASE:STEP:SIGNAL`, as in `3:reduction:12:KILL`: when that rank begins that phase, after so
/// many steps or more, it says so and sends the signal to itself.
struct FaultRehearsal: Hashable, Sendable {
    private static let signals: [String: Int32] = [
        "KILL": SIGKILL, "STOP": SIGSTOP, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
    ]
    private static let phases = [
        "start", "loading", "forward", "backward", "reduction", "optimizer step", "evaluation",
        "level", "validation", "checkpoint",
    ]

    private let rank: Int
    private let phase: String
    private let step: Int
    private let signal: Int32

    /// Reads a rehearsal.
    ///
    /// - Parameter text: The value of the variable.
    /// - Throws: `Failure` with `.usage` if it is none.
    init(parsing text: String) throws {
        let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, let rank = Int(words[0]), rank >= 0,
            Self.phases.contains(words[1]), let step = Int(words[2]), step >= 0,
            let signal = Self.signals[words[3]]
        else {
            throw Failure(
                .usage, in: "DISTRAIN_FAULT",
                expected: "RANK:PHASE:STEP:SIGNAL with a phase of "
                    + Self.phases.joined(separator: ", ") + " and a signal of "
                    + Self.signals.keys.sorted().joined(separator: ", "),
                found: "\"\(text)\"")
        }
        (self.rank, phase, self.step, self.signal) = (rank, words[1], step, signal)
    }

    /// Lets the fault happen, if this is its rank.
    ///
    /// - Parameter communicator: All ranks.
    func begin(_ communicator: any Communicator) {
        guard communicator.rank == rank else { return }
        communicator.log.whenEntering { [self] phase, step in
            guard phase == self.phase && step >= self.step else { return true }
            Console.report("DISTRAIN_FAULT: signal \(signal) in \(phase) after step \(step)")
            kill(getpid(), signal)
            return false
        }
    }
}
