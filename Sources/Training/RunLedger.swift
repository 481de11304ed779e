/// Writes a run's `ledger.jsonl`, by which a run can be checked step by step; exists on rank 0
/// alone.
///
/// A line holds the bits of a step's loss, gradient norm and learning rate, the fingerprints of all
/// tensors after it, and a value of a chain of hashes; that of a tree's level the fingerprints of the
/// tree alone, and the value. Nothing in it hangs on the number of ranks,
/// on time, or on where the run was stopped and resumed.
///
/// Lines are held back in memory that is allocated at the start, and are on disk before a checkpoint
/// is. While a checkpoint is written beside the training, its line is still to come; the lines of
/// later steps are held back until then. A ledger that cannot be written costs one warning, never
/// the run; the chain goes on without it.
final class RunLedger {
    private let destination: LedgerDestination
    private let chain: LedgerChain
    private let pending: LedgerText
    private let lineCapacity: Int
    private let warn: (String) -> Void
    /// The last step of whose checkpoint there is a line, or will be.
    private var lastCheckpoint: Int?
    /// What is given once the line of that checkpoint is in the file.
    private var checkpointIsWritten: Handover<Bool>?

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
        destination = LedgerDestination(path, descriptor: descriptor)
        self.chain = chain
        self.lastCheckpoint = lastCheckpoint
        self.warn = warn
        lineCapacity = LedgerText.lineCapacity(tensorCount: tensorCount)
        pending = LedgerText(capacity: max(1 << 16, 2 * lineCapacity))
    }

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

    /// Writes the lines up to a checkpoint, and keeps the place after them free for its own.
    ///
    /// - Parameter step: The steps made.
    /// - Returns: The place, to be completed once.
    func beginCheckpoint(atStep step: Int) -> LedgerCheckpoint {
        writeOut()
        // A checkpoint is written again once its epoch's validation is there.
        let checkpoint = LedgerCheckpoint(
            chainValue: chain.text, step: step, isNew: lastCheckpoint != step,
            destination: destination)
        lastCheckpoint = step
        checkpointIsWritten = checkpoint.isWritten
        return checkpoint
    }

    /// Brings all lines to disk.
    func synchronize() {
        writeOut()
        destination.synchronize()
        tellFailure()
    }

    private func makeRoom() { if pending.room < lineCapacity { writeOut() } }

    private func writeOut() {
        checkpointIsWritten?.wait()
        checkpointIsWritten = nil
        if pending.count > 0 { destination.append(pending[from: 0]) }
        pending.removeAll()
        tellFailure()
    }

    private func tellFailure() {
        guard let failure = destination.takeFailure() else { return }
        warn("\(failure); the ledger ends before this, training goes on")
    }
}
