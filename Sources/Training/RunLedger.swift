import Diagnostics
import Glibc

/// Writes a run's `ledger.jsonl`, by which a run can be checked step by step; exists on rank 0
/// alone.
///
/// A line holds the bits of a step's loss, gradient norm and learning rate, the fingerprints of all
/// tensors after it, and a value of a chain of hashes. Nothing in it hangs on the number of ranks,
/// on time, or on where the run was stopped and resumed.
///
/// Lines are held back in memory that is allocated at the start, and are on disk before a checkpoint
/// is. A ledger that cannot be written costs one warning, never the run; the chain goes on without
/// it.
final class RunLedger {
    private let path: String
    private let chain: LedgerChain
    private let pending: LedgerText
    private let lineCapacity: Int
    private let warn: (String) -> Void
    /// nil once the file could not be written.
    private var descriptor: Int32?
    private var lastCheckpoint: Int?

    /// Goes on with a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - chain: The chain at its end.
    ///   - lastCheckpoint: The step of the checkpoint that its last line tells of, if it does.
    ///   - tensorCount: The number of tensors.
    ///   - descriptor: The open file; nil if it cannot be written.
    ///   - warn: Who is told if it cannot be written any more.
    init(
        _ path: String, chain: LedgerChain, lastCheckpoint: Int?, tensorCount: Int,
        descriptor: Int32?, warn: @escaping (String) -> Void
    ) {
        self.path = path
        self.chain = chain
        self.lastCheckpoint = lastCheckpoint
        self.descriptor = descriptor
        self.warn = warn
        lineCapacity = LedgerText.lineCapacity(tensorCount: tensorCount)
        pending = LedgerText(capacity: max(1 << 16, 2 * lineCapacity))
    }

    deinit { if let descriptor { close(descriptor) } }

    /// The chain's value after the last step.
    var chainValue: String { chain.text }

    /// Notes a step; allocates nothing.
    func record(_ step: LedgerStep) {
        makeRoom()
        let start = pending.count
        pending.append(step)
        chain.append(pending[from: start])
        pending.append(chain: chain.value)
    }

    /// Notes what a checkpoint is about to hold, and brings all lines to disk, so that no checkpoint
    /// is there without the ledger of its steps.
    ///
    /// - Parameters:
    ///   - step: The steps made.
    ///   - parametersSHA256: The SHA-256 over all parameters and running statistics.
    func recordCheckpoint(atStep step: Int, parametersSHA256: String) {
        // A checkpoint is written again once its epoch's validation is there.
        if lastCheckpoint != step {
            makeRoom()
            let start = pending.count
            pending.append(checkpointOf: step, parametersSHA256: parametersSHA256)
            pending.append(chain: chain.value(ofSide: pending[from: start]))
            lastCheckpoint = step
        }
        synchronize()
    }

    /// Brings all lines to disk.
    func synchronize() {
        writeOut()
        withFile { try DurableFiles.synchronize($0, path: path) }
    }

    private func makeRoom() { if pending.room < lineCapacity { writeOut() } }

    private func writeOut() {
        if pending.count > 0 {
            withFile { try DurableFiles.append(pending[from: 0], to: $0, path: path) }
        }
        pending.removeAll()
    }

    /// Does something with the file, and gives it up if that fails: with a gap it is of no use.
    private func withFile(_ body: (Int32) throws -> Void) {
        guard let descriptor else { return }
        do {
            try body(descriptor)
        } catch {
            warn("\(error); the ledger ends before this, training goes on")
            close(descriptor)
            self.descriptor = nil
        }
    }
}
