import Diagnostics
import Metrics

/// Writes a run's checkpoints and keeps their folder in order; exists on rank 0 alone.
///
/// A checkpoint that cannot be written costs a warning: older ones are as they were, and training
/// goes on.
final class CheckpointWriter {
    private let plan: TrainingPlan
    private let model: Model
    private let optimizer: OptimizerState
    private let reporter: RunReporter
    private let ledger: RunLedger
    private let folder: RunFolder
    private let template: CheckpointNameTemplate?
    /// The step of the last checkpoint in the run directory that this run knows to be good.
    private(set) var lastStep: Int?
    /// Why the newest checkpoint is missing, if it is.
    private(set) var failure: Failure?

    /// Prepares the writing.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - model: Its network.
    ///   - optimizer: Its optimizer.
    ///   - reporter: Who is told.
    ///   - ledger: What has to be on disk first.
    ///   - point: The checkpoint with which the run goes on.
    /// - Throws: `Failure` with `usage` if the template of names is wrong.
    init(
        _ plan: TrainingPlan, model: Model, optimizer: OptimizerState, reporter: RunReporter,
        ledger: RunLedger, resumedFrom point: ResumePoint?
    ) throws {
        self.plan = plan
        self.model = model
        self.optimizer = optimizer
        self.reporter = reporter
        self.ledger = ledger
        folder = RunFolder(plan.configuration.output)
        template = try plan.configuration.checkpointName.map {
            try CheckpointNameTemplate($0, metrics: plan.configuration.metrics)
        }
        if let point, folder.contains(point.path) { lastStep = point.state.progress.step }
    }

    /// Writes a checkpoint.
    ///
    /// - Parameters:
    ///   - progress: How far the run is.
    ///   - epoch: The epoch that has just ended, if one has.
    func write(_ progress: RunProgress, after epoch: EpochReport? = nil) {
        let sha256 = model.sha256()
        ledger.recordCheckpoint(atStep: progress.step, parametersSHA256: sha256)
        let state = CheckpointState(
            format: CheckpointState.currentFormat, progress: progress,
            configuration: plan.configuration, parametersSHA256: sha256,
            ledgerChain: ledger.chainValue)
        do {
            let path = try folder.write(state, model: model, optimizer: optimizer)
            try folder.link("last", toStep: progress.step)
            if let epoch {
                if epoch.isBest { try folder.link("best", toStep: progress.step) }
                if let template {
                    try folder.link(template.name(values(of: epoch)), toStep: progress.step)
                }
            }
            folder.prune(keeping: plan.configuration.keep)
            lastStep = progress.step
            failure = nil
            reporter.checkpointWritten(path, step: progress.step)
        } catch {
            failure =
                error as? Failure
                ?? Failure(.inputOutput, in: folder.checkpoints, found: "\(error)")
            reporter.warned(
                "no checkpoint was written at step \(progress.step): \(error); training goes on")
        }
    }

    private func values(of epoch: EpochReport) -> [String: Double] {
        var values = [
            "epoch": Double(epoch.epoch), "step": Double(epoch.step),
            "train_loss": epoch.trainLoss, "train_accuracy": epoch.trainAccuracy,
        ]
        for metric in ClassificationMetric.allCases {
            values["val_" + metric.rawValue] = epoch.validation.value(of: metric)
        }
        return values
    }
}
