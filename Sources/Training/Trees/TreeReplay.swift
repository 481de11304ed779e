import Communication

/// Levels of trees.
final class TreeReplay: RunReplay {
    let communicator: any Communicator
    private let levels: TreeLevels
    private var step: Int

    /// Bins the rows, and reads the trees of the checkpoint with which the levels begin.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - replay: Which levels.
    ///   - data: The samples.
    ///   - communicator: The ranks.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ replay: ReplayPlan, data: RunData, communicator: any Communicator) throws {
        self.communicator = communicator
        step = replay.start
        let plan = try TreePlan.agreed(
            replay.configuration, data: data, communicator: communicator)
        levels = try TreeLevels(plan, from: replay.checkpoint, communicator: communicator)
    }

    var tensorNames: [String] { TreeFingerprints.tensorNames }

    func tensorsText() -> String {
        levels.fingerprints.withUnsafeBufferPointer(LedgerText.text(of:))
    }

    func parametersSHA256() -> String { levels.model.sha256() }

    func next() throws -> LedgerDifference.Line? {
        communicator.log.enter(phase: "replay", step: step)
        try levels.grow()
        step += 1
        if levels.growth.isComplete { levels.endTree() }
        guard communicator.rank == 0 else { return nil }
        return levels.fingerprints.withUnsafeBufferPointer {
            line(of: LedgerStep(level: step, fingerprints: $0))
        }
    }
}
