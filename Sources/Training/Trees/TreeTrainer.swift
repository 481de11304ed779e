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
    private let communicator: any Communicator
    private let stop: StopRequest
    private let ranks: TreeRanks
    private let rows: BinnedRows
    private let model: TreeModel
    private let evaluator: Evaluator
    private let resumePoint: ResumePoint?
    /// Exists on rank 0 alone, as the lock, which holds as long as the trainer is there.
    private let records: TreeRecords?
    private let lock: RunLock?

    private var progress: RunProgress
    private var growth: TreeGrowth
    private var clock: RunClock
    private var validation: EvaluationResult?

    private struct Control: OptionSet {
        let rawValue: UInt64
        static let stop = Control(rawValue: 1)
        static let timeIsUp = Control(rawValue: 2)
    }

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
        self.communicator = communicator
        self.stop = stop
        resumePoint = run.resumePoint
        lock = run.lock
        communicator.log.enter(phase: "start", step: 0)
        let plan = try communicator.agreeing { try TreePlan(run.configuration, data: run.data) }
        self.plan = plan
        ranks = TreeRanks(rank: communicator.rank, rankCount: communicator.rankCount) {
            try communicator.sum($0)
        }
        rows = try plan.binnedRows(ranks)
        let model = TreeModel(plan.model)
        self.model = model
        progress = run.resumePoint?.state.progress ?? RunProgress()
        clock = RunClock(
            earlier: progress.seconds, limit: plan.configuration.maxTime?.duration)
        // Files of a run are for rank 0 alone to read: it tells the others what they hold.
        growth = try communicator.restored(run.resumePoint, into: model)
        evaluator = Evaluator(
            ForestInference(model, sampleCount: plan.validation.rowCount), of: plan.model,
            metrics: try plan.configuration.measuredMetrics(for: plan.model.metricTask),
            communicator: communicator)
        records = try communicator.agreeing {
            guard communicator.rank == 0 else { return nil }
            return try TreeRecords(run, plan, observer: observer)
        }
    }

    /// Grows all trees, or until the run is asked to stop.
    ///
    /// Every rank has to call it, once.
    ///
    /// - Returns: What the run came to, on every rank the same.
    /// - Throws: `AgreedFailure`: with `inputOutput` if the last checkpoint could not be written.
    public func run() throws -> TrainingResult {
        records?.started(
            RunStart(plan, progress, communicator, memory: evaluator.memoryByteCount, resumePoint))
        clock.start()
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
        let grower = try TreeGrower(
            growth, rows: rows, settings: plan.settings,
            weights: plan.weights(ofTree: progress.epoch), key: plan.key(ofTree: progress.epoch),
            ranks: ranks)
        while !growth.isComplete {
            guard try control().isEmpty else { return false }
            communicator.log.enter(phase: "level", step: progress.step)
            _ = try grower.growLevel()
            growth = grower.growth
            progress.step += 1
            progress.stepInEpoch += 1
            progress.epochSeconds += clock.lap(imageCount: 0)
            records?.levelFinished(
                LevelReport(
                    step: progress.step, tree: progress.epoch + 1, depth: growth.depth,
                    nodeCount: growth.tree.nodeCount))
            if isCheckpointDue { writeCheckpoint() }
        }
        return true
    }

    /// Whether to write a checkpoint within a tree.
    private var isCheckpointDue: Bool {
        guard let records else { return false }
        if case .steps(let count) = plan.configuration.checkpointEvery,
            progress.step.isMultiple(of: count)
        {
            return true
        }
        return records.secondsSinceWrite > Self.longestGap
    }

    /// What any rank was asked for, on every rank the same.
    private func control() throws -> Control {
        var control: Control = []
        if stop.isRequested { control.insert(.stop) }
        if clock.isUp { control.insert(.timeIsUp) }
        return Control(rawValue: try communicator.bitwiseOr(control.rawValue))
    }

    /// Adds the tree to the model, measures the model, and goes to the next tree.
    private func finishTree() throws {
        let fit = TreeFit(growth.tree)
        model.append(growth.tree)
        growth = TreeGrowth(for: model.ensemble.task)
        communicator.log.enter(phase: "validation", step: progress.step)
        let validation = try evaluator.evaluate(plan.validation)
        self.validation = validation
        let report = EpochReport(
            epoch: progress.epoch + 1, step: progress.step, trainLoss: fit.loss,
            trainAccuracy: fit.accuracy, validation: validation,
            seconds: progress.epochSeconds + clock.sinceLap,
            imagesPerSecond: Double(plan.training.rowCount) / max(progress.epochSeconds, 1e-9),
            isBest: true)
        // More trees are never worse but by chance, so the newest model counts as the best.
        progress.endEpoch(validation.loss, isBest: true)
        records?.treeFinished(report)
        if case .epochs(let count) = plan.configuration.checkpointEvery,
            progress.epoch.isMultiple(of: count) || progress.epoch == plan.treeCount
        {
            writeCheckpoint()
        }
        clock.skip()
    }

    private func writeCheckpoint() {
        communicator.log.enter(phase: "checkpoint", step: progress.step)
        guard let records else { return }
        progress.seconds = clock.total
        records.writeCheckpoint(progress, model, TreeGrowthFile(growth))
    }

    private func end(
        _ end: TrainingResult.End, validation: EvaluationResult?
    ) throws -> TrainingResult {
        let result = TrainingResult(
            end: end, step: progress.step, validation: validation,
            parametersSHA256: try agreedHash(), seconds: clock.total,
            folder: plan.configuration.output)
        try communicator.agree(on: records?.failure)
        records?.finished(result)
        return result
    }

    /// The hash of the model, which is the same on all ranks.
    private func agreedHash() throws -> String {
        let all = try communicator.allGather(Array(model.sha256().utf8))
        let others = all.indices.filter { all[$0] != all[0] }
        guard others.isEmpty else {
            throw Failure(
                .internalError, in: "trees", expected: "the same on all ranks",
                found: "ranks \(others) differ from rank 0")
        }
        return String(decoding: all[0], as: UTF8.self)
    }
}
