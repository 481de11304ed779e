import Diagnostics
import Glibc
import Synchronization

/// The file of a ledger, which two threads write.
///
/// One of them trains, the other one writes a checkpoint; `RunLedger` says which of them may.
///
/// A file that cannot be written is given up at the end of a whole line: with a gap in it it would be
/// of no use.
final class LedgerDestination: Sendable {
    private struct State {
        /// nil once the file could not be written.
        var descriptor: Int32?
        /// Why it could not, until somebody takes it.
        var failure: Failure?
    }

    private let path: String
    private let state: Mutex<State>

    /// Takes a file over, and closes it in the end.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - descriptor: The open file; nil if it cannot be written.
    init(_ path: String, descriptor: Int32?) {
        self.path = path
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { state.withLock { if let descriptor = $0.descriptor { close(descriptor) } } }

    /// Appends whole lines.
    func append(_ lines: UnsafeRawBufferPointer) {
        withFile { descriptor in
            guard !DurableFiles.isDeleted(descriptor) else {
                throw Failure(.inputOutput, in: path, found: "was deleted")
            }
            try DurableFiles.appendWhole(lines, to: descriptor, path: path)
        }
    }

    /// Brings all lines to disk.
    func synchronize() { withFile { try DurableFiles.synchronize($0, path: path) } }

    /// Why the file is given up, told once; nil if it is not.
    func takeFailure() -> Failure? {
        state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
    }

    private func withFile(_ body: (Int32) throws -> Void) {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return }
            do {
                try body(descriptor)
            } catch {
                close(descriptor)
                state.descriptor = nil
                state.failure =
                    error as? Failure ?? Failure(.inputOutput, in: path, found: "\(error)")
            }
        }
    }
}
