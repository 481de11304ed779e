import Diagnostics

/// The writing of one checkpoint, beside the training.
struct CheckpointJob: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        /// The checkpoint's folder, or why there is none.
        let result: Result<String, Failure>
        /// How long it took.
        let seconds: Double
        /// Whether the run directory had been removed and was made again.
        let folderWasGone: Bool
        /// Why the checkpoint lacks second names, if it does.
        let linkFailure: Failure?
    }

    /// How far the run was.
    let progress: RunProgress
    /// The configuration of the run.
    let configuration: RunConfiguration
    /// The second names of the checkpoint.
    let links: [String]
    /// Where it goes.
    let folder: RunFolder
    /// What it holds.
    let snapshot: CheckpointSnapshot
    /// Its line in the ledger.
    let line: LedgerCheckpoint

    /// Writes the checkpoint and keeps the folder in order.
    ///
    /// - Returns: What came of it; after a failure older checkpoints are as they were.
    func run() -> Outcome {
        let start = ContinuousClock.now
        let sha256 = snapshot.model.sha256()
        line.complete(parametersSHA256: sha256)
        let state = CheckpointState(
            format: CheckpointState.currentFormat, progress: progress,
            configuration: configuration, parametersSHA256: sha256, ledgerChain: line.chainValue)
        let folderWasGone = !exists(folder.checkpoints)
        let result: Result<String, Failure>
        var linkFailure: Failure?
        do {
            let path = try folder.write(
                state, model: snapshot.model.write(to:), optimizer: snapshot.optimizer.write(to:))
            linkFailure = folder.link(names: links, toStep: progress.step)
            folder.prune(keeping: configuration.keep)
            result = .success(path)
        } catch {
            result = .failure(folder.failure(of: error))
        }
        return Outcome(
            result: result, seconds: (ContinuousClock.now - start) / .seconds(1),
            folderWasGone: folderWasGone, linkFailure: linkFailure)
    }
}
