import Communication
import Diagnostics
import Metrics

/// What rank 0 alone writes of a run that grows trees: its log, its ledger and its checkpoints.
///
/// What cannot be written costs a warning, never the run; but for the last checkpoint.
final class TreeRecords {
    /// Tells what happens.
    let reporter: RunReporter

    private let ledger: RunLedger
    private let configuration: RunConfiguration
    private let folder: RunFolder
    private var lastWrite = ContinuousClock.now
    /// The step of the last checkpoint that was written.
    private(set) var lastStep: Int?
    /// Why the newest checkpoint is missing, if it is.
    private(set) var failure: Failure?

    /// Prepares the run directory.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - metrics: What is measured of its trees.
    ///   - observer: Who shows how the run goes.
    /// - Throws: `Failure` with `inputOutput` if the directory cannot be written.
    init(_ run: PreparedRun, metrics: [Metric], observer: (any TrainingObserver)?) throws {
        configuration = run.configuration
        folder = RunFolder(configuration.output)
        // No epoch has so many steps: none is to be repeated.
        reporter = try RunReporter(
            run, metrics: metrics, stepsPerEpoch: .max, observer: observer)
        ledger = try RunLedger.open(
            configuration, tensors: TreeFingerprints.tensorNames, resumedFrom: run.resumePoint,
            warn: reporter.warned)
        if let point = run.resumePoint, folder.contains(point.path) {
            lastStep = point.state.progress.step
        }
    }

    /// Seconds since a checkpoint was written, or the run began.
    var secondsSinceWrite: Double { (ContinuousClock.now - lastWrite) / .seconds(1) }

    /// Notes that the first level is about to be grown.
    func started(_ start: RunStart) {
        reporter.started(
            start,
            [
                ("trees", .integer(configuration.epochs)),
                ("training_rows", .integer(start.trainingImageCount)),
                ("validation_rows", .integer(start.validationImageCount)),
            ])
    }

    /// Notes a level of the tree that is growing.
    func levelFinished(_ levels: TreeLevels, _ progress: RunProgress) {
        let growth = levels.growth
        levels.fingerprints.withUnsafeBufferPointer {
            ledger.record(LedgerStep(level: progress.step, fingerprints: $0))
        }
        reporter.levelFinished(
            LevelReport(
                step: progress.step, tree: progress.epoch + 1, depth: growth.depth,
                nodeCount: growth.tree.nodeCount))
    }

    /// Writes a checkpoint, of which `last` and, at the end of a tree, `best` are further names.
    func writeCheckpoint(_ progress: RunProgress, _ levels: TreeLevels) {
        let start = ContinuousClock.now
        let sha256 = levels.model.sha256()
        let line = ledger.beginCheckpoint(atStep: progress.step)
        line.complete(parametersSHA256: sha256)
        let state = CheckpointState(
            format: CheckpointState.currentFormat, progress: progress,
            configuration: configuration, parametersSHA256: sha256, ledgerChain: line.chainValue)
        do {
            let path = try folder.write(
                state, model: levels.model.write(to:),
                optimizer: TreeGrowthFile(levels.growth).write(to:))
            let names = ["last"] + (progress.bestStep == progress.step ? ["best"] : [])
            if let failure = folder.link(names: names, toStep: progress.step) {
                reporter.warned(
                    "the checkpoint of step \(progress.step) lacks a second name: \(failure)")
            }
            folder.prune(keeping: configuration.keep)
            (lastStep, failure) = (progress.step, nil)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            reporter.checkpointWritten(
                path, step: progress.step, seconds: seconds, waited: seconds)
        } catch {
            failure = folder.failure(of: error)
            reporter.warned(
                "no checkpoint was written at step \(progress.step): \(error); growing goes on")
        }
        lastWrite = .now
    }

    /// Brings the ledger to disk, however the run ends.
    func close() { ledger.synchronize() }
}
