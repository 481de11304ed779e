import Communication
import Diagnostics
import Foundation
import Kernels
import Metrics
import Optimizers

/// Tells the observer and the run log what happens; exists on rank 0 alone.
///
/// A log that cannot be written costs a warning, never the run.
final class RunReporter {
    private let observer: (any TrainingObserver)?
    private let log: RunLog
    private let metrics: [Metric]
    private let logInterval: Int
    private var logWarned = false
    /// The skipped steps of this part of the run by what was wrong with them.
    private var skippedCounts: [String: Int] = [:]

    /// Prepares the run directory: `config.yml`, `metrics.jsonl`, and the folder of checkpoints.
    ///
    /// - Parameters:
    ///   - run: The run, whose notes are told.
    ///   - metrics: What is measured of its model.
    ///   - stepsPerEpoch: Its optimizer steps in an epoch.
    ///   - observer: Who shows how the run goes.
    /// - Throws: `Failure` with `inputOutput` if the directory cannot be written.
    init(
        _ run: PreparedRun, metrics: [Metric], stepsPerEpoch: Int,
        observer: (any TrainingObserver)?
    ) throws {
        self.observer = observer
        self.metrics = metrics
        logInterval = run.configuration.logEvery
        let folder = RunFolder(run.configuration.output)
        try DurableFiles.createFolder(folder.checkpoints)
        try DurableFiles.replace(folder.configuration, with: Data(run.configuration.yaml.utf8))
        // A run that begins anew may follow one that was killed before its first checkpoint.
        try RunLog.rewind(
            folder.metrics, to: run.resumePoint?.state.progress ?? RunProgress(),
            stepsPerEpoch: stepsPerEpoch)
        let ownPoint = run.resumePoint.flatMap { folder.contains($0.path) ? $0 : nil }
        let aside = try folder.setAside(after: ownPoint)
        log = try RunLog(path: folder.metrics)
        for note in run.notes + [aside, run.lock?.obstacle].compactMap({ $0 }) { warned(note) }
    }

    /// Notes that the first step is about to be made.
    ///
    /// - Parameters:
    ///   - start: What the run is.
    ///   - values: What is to be known of runs of its kind.
    func started(_ start: RunStart, _ values: [(String, LogValue)]) {
        let configuration = start.configuration
        write(
            "start",
            [
                ("ranks", .integer(start.rankCount)), ("hosts", .integer(start.hostCount)),
                ("model", .text(configuration.model)),
                ("dataset", .text(configuration.dataset.rawValue)),
                ("seed", .unsigned(configuration.seed)), ("step", .integer(start.resumedStep)),
            ] + values)
        observer?.runStarted(start)
    }

    /// Notes that the first step of a network is about to be made.
    ///
    /// - Parameter start: What the run is.
    func started(_ start: RunStart) {
        started(
            start,
            [
                ("parameters", .integer(start.parameterCount)),
                ("batch_size", .integer(start.batchSize)),
                ("microbatch", .integer(start.configuration.microbatch)),
                ("blas_core", .text(BLASLibrary.coreType)),
                ("steps_per_epoch", .integer(start.stepsPerEpoch)),
                ("total_steps", .integer(start.totalSteps)),
                ("training_images", .integer(start.trainingImageCount)),
                ("validation_images", .integer(start.validationImageCount)),
            ])
    }

    func stepFinished(_ report: StepReport) {
        observer?.stepFinished(report)
        guard report.step.isMultiple(of: logInterval) || report.isSkipped else { return }
        write(
            "step",
            [
                ("step", .integer(report.step)), ("epoch", .integer(report.epoch)),
                ("loss", .number(report.loss)), ("learning_rate", .number(report.learningRate)),
                ("gradient_norm", .number(report.gradientNorm)),
                ("images_per_second", .number(report.imagesPerSecond)),
            ] + (report.isSkipped ? [("skipped", .truth(true))] : []))
    }

    func levelFinished(_ report: LevelReport) {
        observer?.levelFinished(report)
        guard report.step.isMultiple(of: logInterval) else { return }
        write(
            "step",
            [
                ("step", .integer(report.step)), ("epoch", .integer(report.tree)),
                ("depth", .integer(report.depth)), ("nodes", .integer(report.nodeCount)),
            ])
    }

    /// Warns at the first step of a kind.
    func stepSkipped(_ step: Int, _ numbers: BadNumbers) {
        skippedCounts[numbers.description, default: 0] += 1
        if skippedCounts[numbers.description] == 1 {
            warned("step \(step) is skipped: \(numbers.description)")
        }
    }

    func epochFinished(_ report: EpochReport) {
        let hasClasses = report.validation.accuracy != nil
        write(
            "epoch",
            [
                ("epoch", .integer(report.epoch)), ("step", .integer(report.step)),
                ("train_loss", .number(report.trainLoss)),
            ] + (hasClasses ? [("train_accuracy", .number(report.trainAccuracy))] : [])
                + values(of: report.validation) + [
                    ("seconds", .number(report.seconds)),
                    ("images_per_second", .number(report.imagesPerSecond)),
                ])
        observer?.epochFinished(report)
    }

    /// Notes a checkpoint: how long it took, and for how long of that training waited.
    func checkpointWritten(_ path: String, step: Int, seconds: Double, waited: Double) {
        write(
            "checkpoint",
            [
                ("step", .integer(step)), ("path", .text(path)), ("seconds", .number(seconds)),
                ("waited_seconds", .number(waited)),
            ])
        observer?.checkpointWritten(path, step: step)
    }

    func warned(_ text: String) { observer?.warned(text) }

    func finished(_ result: TrainingResult) {
        for (kind, count) in skippedCounts.sorted(by: { $0.key < $1.key }) where count > 1 {
            warned("\(count) steps were skipped, as \(kind)")
        }
        if let validation = result.validation {
            write(
                "final",
                [("step", .integer(result.step))] + Self.values(of: result.batch)
                    + values(of: validation) + [
                        ("parameters_sha256", .text(result.parametersSHA256)),
                        ("seconds", .number(result.seconds)), ("end", .text(result.end.rawValue)),
                    ])
        }
        observer?.runFinished(result)
    }

    private static func values(of batch: BatchCounts?) -> [(String, LogValue)] {
        guard let batch else { return [] }
        return [
            ("iterations", .integer(batch.iterations)),
            ("evaluations", .integer(batch.evaluations)), ("loss", .number(batch.value ?? .nan)),
            ("gradient_norm", .number(batch.gradientNorm)),
            ("stopped_by", .text(batch.end?.rawValue ?? "request")),
        ]
    }

    private func values(of validation: EvaluationResult) -> [(String, LogValue)] {
        metrics.map { ($0.validationName, .number(validation.value(of: $0))) }
    }

    private func write(_ event: String, _ values: [(String, LogValue)]) {
        do {
            try log.write(event, values)
        } catch {
            if !logWarned { observer?.warned("\(error); events are missing in the run log") }
            logWarned = true
        }
    }
}
