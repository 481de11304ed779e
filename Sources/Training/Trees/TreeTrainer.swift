import Communication
import Diagnostics
import Foundation
import Metrics
import Trees

/// Grows the trees of a run on any number of ranks, to the same bits on each number.
///
/// In the words of a run an epoch is a tree and a step is a level of it. A run can be stopped between
/// any two levels and goes on from there.
public final class TreeTrainer {
    /// Seconds after which a checkpoint is written within a tree.
    private static let longestGap = 30.0

    private let plan: TreePlan
    private let session: RunSession
    private let levels: TreeLevels
    private let evaluator: Evaluator
    /// Exists on rank 0 alone.
    private let records: TreeRecords?

    private var progress: RunProgress { session.progress }
    private var validation: EvaluationResult?

    /// Bins the training rows, and reads the trees of the checkpoint if the run goes on with one.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - communicator: The ranks of the run.
    ///   - observer: Who shows how the run goes; told on rank 0 alone.
    ///   - stop: By which the run can be asked to write a checkpoint and end.
    /// - Throws: `AgreedFailure`, the same on every rank.
    public init(
        _ run: PreparedRun, communicator: any Communicator,
        observer: (any TrainingObserver)? = nil, stop: StopRequest = StopRequest()
    ) throws {
        session = RunSession(run, communicator: communicator, stop: stop)
        let plan = try TreePlan.agreed(
            run.configuration, data: run.data, communicator: communicator)
        self.plan = plan
        levels = try TreeLevels(plan, from: run.resumePoint, communicator: communicator)
        let metrics = try plan.configuration.measuredMetrics(for: plan.model.metricTask)
        evaluator = Evaluator(
            ForestInference(levels.model, sampleCount: plan.validation.rowCount), of: plan.model,
            metrics: metrics, communicator: communicator)
        records = try communicator.agreeing {
            guard communicator.rank == 0 else { return nil }
            return try TreeRecords(run, metrics: metrics, observer: observer)
        }
    }

    /// Grows all trees, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        records?.started(RunStart(plan, session, memory: evaluator.memoryByteCount))
        defer { records?.close() }
        session.clock.start()
        while progress.epoch < plan.treeCount {
            guard try growTree() else {
                writeCheckpoint()
                return try end(.requeue, validation: nil)
            }
            try finishTree()
        }
        let validation = try self.validation ?? evaluator.evaluate(plan.validation)
        if let records, records.lastStep != progress.step { writeCheckpoint() }
        return try end(.complete, validation: validation)
    }

    /// Grows a tree to its end.
    ///
    /// - Returns: False if the run was asked to stop before.
    private func growTree() throws -> Bool {
        while !levels.growth.isComplete {
            // What any rank was asked for holds for all.
            let control = try session.communicator.bitwiseOr(session.control.rawValue)
            guard ControlWord(rawValue: control).isEmpty else { return false }
            session.enter("level")
            try levels.grow()
            session.progress.step += 1
            session.progress.stepInEpoch += 1
            session.progress.epochSeconds += session.clock.lap(imageCount: 0)
            records?.levelFinished(levels, progress)
            // That of a tree that has grown up is written once the model has it.
            if !levels.growth.isComplete && isCheckpointDue { writeCheckpoint() }
        }
        return true
    }

    /// Whether to write a checkpoint now, within a tree or at its end.
    private var isCheckpointDue: Bool {
        guard let records else { return false }
        let isDue =
            switch plan.configuration.checkpointEvery {
            case .steps(let count): progress.step.isMultiple(of: count)
            case .epochs(let count):
                progress.stepInEpoch == 0
                    && (progress.epoch.isMultiple(of: count) || progress.epoch == plan.treeCount)
            }
        return isDue || records.secondsSinceWrite > Self.longestGap
    }

    /// Adds the tree to the model, measures the model, and goes to the next tree.
    private func finishTree() throws {
        let fit = TreeFit(levels.growth.tree)
        levels.endTree()
        session.enter("validation")
        let validation = try evaluator.evaluate(plan.validation)
        self.validation = validation
        let report = EpochReport(
            epoch: progress.epoch + 1, step: progress.step, trainLoss: fit.loss,
            trainAccuracy: fit.accuracy, validation: validation,
            seconds: progress.epochSeconds + session.clock.sinceLap,
            imagesPerSecond: Double(plan.training.rowCount) / max(progress.epochSeconds, 1e-9),
            isBest: true)
        // More trees are never worse but by chance, so the newest model counts as the best.
        session.progress.endEpoch(validation.loss, isBest: true)
        records?.reporter.epochFinished(report)
        if isCheckpointDue { writeCheckpoint() }
        session.clock.skip()
    }

    private func writeCheckpoint() {
        session.enter("checkpoint")
        guard let records else { return }
        session.progress.seconds = session.clock.total
        records.writeCheckpoint(progress, levels)
    }

    private func end(
        _ end: TrainingResult.End, validation: EvaluationResult?
    ) throws -> TrainingResult {
        let result = session.result(end, validation: validation, sha256: try agreedHash())
        // Without a checkpoint there is nothing to submit again.
        if end == .requeue { try session.communicator.agree(on: records?.failure) }
        records?.reporter.finished(result)
        try session.communicator.agree(on: records?.failure)
        return result
    }

    /// The hash of the model, which is the same on all ranks.
    private func agreedHash() throws -> String {
        let all = try session.communicator.allGather(Array(levels.model.sha256().utf8))
        let others = all.indices.filter { all[$0] != all[0] }
        guard others.isEmpty else {
            throw Failure(
                .internalError, in: "trees", expected: "the same on all ranks",
                found: "ranks \(others) differ from rank 0")
        }
        return String(decoding: all[0], as: UTF8.self)
    }
}
