import Diagnostics
import Foundation
import Metrics

/// Has a run's checkpoints written on a thread of its own; exists on rank 0 alone.
///
/// Training waits for no more than a copy of the values, unless the checkpoint before is still being
/// written. A checkpoint that cannot be written costs a warning: older ones are as they were,
/// training goes on, and the next one is tried again.
package final class CheckpointWriter {
    private let plan: TrainingPlan
    private let model: Model
    private let optimizer: OptimizerState
    private let reporter: RunReporter
    private let ledger: RunLedger
    private let folder: RunFolder
    private let metrics: [Metric]
    private let template: CheckpointNameTemplate?
    private let snapshot: CheckpointSnapshot
    /// The checkpoint in the making, if there is one.
    private var work: Work?

    /// The step of the last checkpoint in the run directory that this run knows to be good.
    private(set) var lastStep: Int?
    /// Why the newest checkpoint is missing, if it is.
    private(set) var failure: Failure?

    /// Called on the writing thread before each checkpoint with its step: where a test lets it wait.
    package var beforeWriting: (@Sendable (Int) -> Void)?
    /// How long training waits for a checkpoint before a warning says so, in seconds.
    package var patience = 10.0

    /// A checkpoint in the making.
    private struct Work {
        let step: Int
        let outcome: Handover<CheckpointJob.Outcome>
        /// Seconds for which training has waited for it.
        var waited: Double
    }

    /// Prepares the writing, and takes the memory for a copy of all that a checkpoint holds.
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
        let metrics = try plan.measuredMetrics()
        self.metrics = metrics
        template = try plan.configuration.checkpointName.map {
            try CheckpointNameTemplate($0, metrics: metrics)
        }
        snapshot = try CheckpointSnapshot(plan)
        if let point, folder.contains(point.path) { lastStep = point.state.progress.step }
    }

    /// Bytes of memory for the copy.
    var memoryByteCount: Int { snapshot.byteCount }

    /// Copies what a checkpoint holds and begins to write it, after the one before is written.
    ///
    /// - Parameters:
    ///   - progress: How far the run is.
    ///   - epoch: The epoch that has just ended, if one has.
    func write(_ progress: RunProgress, after epoch: EpochReport? = nil) {
        let start = ContinuousClock.now
        finish()
        snapshot.take(model, optimizer)
        let job = CheckpointJob(
            progress: progress, configuration: plan.configuration, links: links(after: epoch),
            folder: folder, snapshot: snapshot,
            line: ledger.beginCheckpoint(atStep: progress.step))
        let outcome = BackgroundThread.start { [beforeWriting] in
            beforeWriting?(progress.step)
            return job.run()
        }
        work = Work(
            step: progress.step, outcome: outcome,
            waited: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Tells of the checkpoint in the making if it is done.
    func collect() {
        if let work, let outcome = work.outcome.available { tell(outcome, of: work) }
    }

    /// Waits for the checkpoint in the making, if there is one, and tells of it.
    package func finish() {
        guard var work else { return }
        let start = ContinuousClock.now
        if work.outcome.wait(until: .now + patience) == nil {
            reporter.warned(
                "training waits for the checkpoint of step \(work.step), which is being written "
                    + "for long; if it does so often, raise --checkpoint-every")
        }
        let outcome = work.outcome.wait()
        work.waited += (ContinuousClock.now - start) / .seconds(1)
        tell(outcome, of: work)
    }

    private func tell(_ outcome: CheckpointJob.Outcome, of work: Work) {
        self.work = nil
        if outcome.folderWasGone {
            reporter.warned(
                "\(folder.checkpoints): was removed; the checkpoint of step \(work.step) and what "
                    + "follows go to a new one")
        }
        if let failure = outcome.linkFailure {
            reporter.warned("the checkpoint of step \(work.step) lacks a second name: \(failure)")
        }
        switch outcome.result {
        case .success(let path):
            lastStep = work.step
            failure = nil
            reporter.checkpointWritten(
                path, step: work.step, seconds: outcome.seconds, waited: work.waited)
        case .failure(let failure):
            self.failure = failure
            reporter.warned(
                "no checkpoint was written at step \(work.step): \(failure); training goes on")
        }
    }

    private func links(after epoch: EpochReport?) -> [String] {
        guard let epoch else { return ["last"] }
        return ["last"] + (epoch.isBest ? ["best"] : [])
            + [template?.name(values(of: epoch))].compactMap { $0 }
    }

    private func values(of epoch: EpochReport) -> [String: Double] {
        var values = [
            "epoch": Double(epoch.epoch), "step": Double(epoch.step),
            "train_loss": epoch.trainLoss, "train_accuracy": epoch.trainAccuracy,
        ]
        for metric in metrics {
            values[metric.validationName] = epoch.validation.value(of: metric)
        }
        return values
    }
}
