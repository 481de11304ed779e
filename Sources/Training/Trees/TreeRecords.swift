import Communication
import Diagnostics
import Foundation
import Metrics

/// What rank 0 alone writes of a run that grows trees: its log and its checkpoints.
///
/// What cannot be written costs a warning, never the run; but for the last checkpoint.
final class TreeRecords {
    private let configuration: RunConfiguration
    private let metrics: [Metric]
    private let folder: RunFolder
    private let log: RunLog
    private let observer: (any TrainingObserver)?
    private var lastWrite = ContinuousClock.now
    /// The step of the last checkpoint that was written.
    private(set) var lastStep: Int?
    /// Why the newest checkpoint is missing, if it is.
    private(set) var failure: Failure?

    /// Prepares the run directory.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - plan: What follows from it.
    ///   - observer: Who shows how the run goes.
    /// - Throws: `Failure` with `inputOutput` if the directory cannot be written.
    init(_ run: PreparedRun, _ plan: TreePlan, observer: (any TrainingObserver)?) throws {
        configuration = plan.configuration
        metrics = try configuration.measuredMetrics(for: plan.model.metricTask)
        self.observer = observer
        folder = RunFolder(configuration.output)
        try DurableFiles.createFolder(folder.checkpoints)
        try DurableFiles.replace(folder.configuration, with: Data(configuration.yaml.utf8))
        if let point = run.resumePoint {
            // No epoch has so many steps: none is to be repeated.
            try RunLog.rewind(folder.metrics, to: point.state.progress, stepsPerEpoch: .max)
            if folder.contains(point.path) { lastStep = point.state.progress.step }
        }
        log = try RunLog(path: folder.metrics)
        for note in run.notes + [run.lock?.obstacle].compactMap({ $0 }) { warn(note) }
    }

    /// Seconds since a checkpoint was written, or the run began.
    var secondsSinceWrite: Double { (ContinuousClock.now - lastWrite) / .seconds(1) }

    func started(_ start: RunStart) {
        write(
            "start",
            [
                ("ranks", .integer(start.rankCount)), ("hosts", .integer(start.hostCount)),
                ("model", .text(configuration.model)),
                ("dataset", .text(configuration.dataset.rawValue)),
                ("trees", .integer(configuration.epochs)), ("seed", .unsigned(configuration.seed)),
                ("step", .integer(start.resumedStep)),
                ("training_rows", .integer(start.trainingImageCount)),
                ("validation_rows", .integer(start.validationImageCount)),
            ])
        observer?.runStarted(start)
    }

    func levelFinished(_ report: LevelReport) {
        observer?.levelFinished(report)
        guard report.step.isMultiple(of: configuration.logEvery) else { return }
        write(
            "step",
            [
                ("step", .integer(report.step)), ("epoch", .integer(report.tree)),
                ("depth", .integer(report.depth)), ("nodes", .integer(report.nodeCount)),
            ])
    }

    func treeFinished(_ report: EpochReport) {
        write(
            "epoch",
            [
                ("epoch", .integer(report.epoch)), ("step", .integer(report.step)),
                ("train_loss", .number(report.trainLoss)),
                ("train_accuracy", .number(report.trainAccuracy)),
            ] + values(of: report.validation) + [("seconds", .number(report.seconds))])
        observer?.epochFinished(report)
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
            write(
                "checkpoint",
                [
                    ("step", .integer(progress.step)), ("path", .text(path)),
                    ("seconds", .number((ContinuousClock.now - start) / .seconds(1))),
                ])
            observer?.checkpointWritten(path, step: progress.step)
        } catch {
            failure =
                error as? Failure
                ?? Failure(.inputOutput, in: folder.checkpoints, found: "\(error)")
            warn("no checkpoint was written at step \(progress.step): \(error); growing goes on")
        }
        lastWrite = .now
    }

    func finished(_ result: TrainingResult) {
        if let validation = result.validation {
            write(
                "final",
                [("step", .integer(result.step))] + values(of: validation) + [
                    ("parameters_sha256", .text(result.parametersSHA256)),
                    ("seconds", .number(result.seconds)), ("end", .text(result.end.rawValue)),
                ])
        }
        observer?.runFinished(result)
    }

    func warn(_ text: String) { observer?.warned(text) }

    private func values(of validation: EvaluationResult) -> [(String, LogValue)] {
        metrics.map { ($0.validationName, .number(validation.value(of: $0))) }
    }

    private func write(_ event: String, _ values: [(String, LogValue)]) {
        do {
            try log.write(event, values)
        } catch {
            warn("\(error); events are missing in the run log")
        }
    }
}
