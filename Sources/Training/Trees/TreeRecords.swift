import Communication
import Diagnostics
import Metrics

/// What rank 0 alone writes of a run that grows trees: its log and its checkpoints.
///
/// What cannot be written costs a warning, never the run; but for the last checkpoint.
final class TreeRecords {
    /// Tells what happens.
    let reporter: RunReporter

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

    /// Writes a checkpoint, of which `last` and, at the end of a tree, `best` are further names.
    func writeCheckpoint(_ progress: RunProgress, _ model: TreeModel, _ growth: TreeGrowthFile) {
        let start = ContinuousClock.now
        let state = CheckpointState(
            format: CheckpointState.currentFormat, progress: progress,
            configuration: configuration, parametersSHA256: model.sha256(), ledgerChain: nil)
        do {
            let path = try folder.write(
                state, model: model.write(to:), optimizer: growth.write(to:))
            try folder.link("last", toStep: progress.step)
            if progress.bestStep == progress.step {
                try folder.link("best", toStep: progress.step)
            }
            folder.prune(keeping: configuration.keep)
            (lastStep, failure) = (progress.step, nil)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            reporter.checkpointWritten(
                path, step: progress.step, seconds: seconds, waited: seconds)
        } catch {
            failure =
                error as? Failure
                ?? Failure(.inputOutput, in: folder.checkpoints, found: "\(error)")
            reporter.warned(
                "no checkpoint was written at step \(progress.step): \(error); growing goes on")
        }
        lastWrite = .now
    }
}
