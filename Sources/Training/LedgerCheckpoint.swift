/// The place of a checkpoint's line in the ledger, kept free until its SHA-256 is known.
struct LedgerCheckpoint: Sendable {
    /// The chain's value at the checkpoint.
    let chainValue: String
    /// The steps made.
    let step: Int
    /// Whether the ledger has no line of the checkpoint yet.
    let isNew: Bool
    /// Where the line goes.
    let destination: LedgerDestination
    /// Given once the lines of later steps may follow.
    let isWritten = Handover<Bool>()

    /// Writes the line, and brings all lines up to it to disk, so that no checkpoint is there without
    /// the ledger of its steps; called once, on any thread.
    ///
    /// - Parameter parametersSHA256: The SHA-256 over all parameters and running statistics.
    func complete(parametersSHA256: String) {
        if isNew {
            let line = LedgerText(capacity: LedgerText.lineCapacity(tensorCount: 0))
            let chain = LedgerChain(chainValue)
            line.append(checkpointOf: step, parametersSHA256: parametersSHA256)
            withExtendedLifetime((line, chain)) {
                line.append(chain: chain.value(ofSide: line[from: 0]))
                destination.append(line[from: 0])
            }
        }
        destination.synchronize()
        isWritten.give(true)
    }
}
