import Diagnostics
import Logging
import Metrics
import Training

/// Shows on rank 0's standard output how a run goes: a bar on a terminal, plain lines elsewhere.
///
/// What cannot be written is left out: a closed pipe is no reason to stop a training.
final class ProgressReporter: TrainingObserver {
    private static let barInterval = Duration.milliseconds(100)
    private static let lineInterval = Duration.seconds(30)

    private let console: Console
    private let logger: Logger
    private let clock = ContinuousClock()
    private var start: RunStart?
    private var startTime: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant
    private var isBarShown = false
    private var warnedKinds: Set<String> = []

    /// Creates a reporter.
    ///
    /// - Parameters:
    ///   - console: Where progress is shown.
    ///   - logger: Where warnings go.
    init(console: Console, logger: Logger) {
        self.console = console
        self.logger = logger
        startTime = clock.now
        lastShown = startTime
    }

    func runStarted(_ start: RunStart) {
        self.start = start
        startTime = clock.now
        lastShown = startTime
        print(RunBanner(start).text)
    }

    func stepFinished(_ report: StepReport) {
        let now = clock.now
        let interval = console.terminal == nil ? Self.lineInterval : Self.barInterval
        guard let start, now - lastShown >= interval else { return }
        lastShown = now
        let done = report.step - start.resumedStep
        let left = (now - startTime) / Double(max(done, 1)) * Double(start.totalSteps - report.step)
        let line = ProgressLine(report, start: start, timeLeft: left)
        if let terminal = console.terminal {
            show("\r\u{1B}[K" + line.bar(columns: terminal.columns, usesColor: console.usesColor))
            isBarShown = true
        } else {
            print(line.plain)
        }
    }

    func levelFinished(_ report: LevelReport) {
        let now = clock.now
        let interval = console.terminal == nil ? Self.lineInterval : Self.barInterval
        guard let start, now - lastShown >= interval else { return }
        lastShown = now
        let line =
            "tree \(report.tree)/\(start.configuration.epochs)  depth \(report.depth)  "
            + "\(report.nodeCount.grouped) nodes"
        if let terminal = console.terminal {
            show("\r\u{1B}[K" + line.prefix(max(0, terminal.columns - 1)))
            isBarShown = true
        } else {
            print(line)
        }
    }

    func epochFinished(_ report: EpochReport) {
        lastShown = clock.now
        guard let configuration = start?.configuration else { return }
        let unit = configuration.trees == nil ? "epoch" : "tree"
        let trainAccuracy = report.validation.accuracy.map { _ in report.trainAccuracy }
        print(
            """
            \(unit) \(report.epoch)/\(configuration.epochs)  step \(report.step.grouped)  \
            train loss \(report.trainLoss.fixed(4))\(Self.text(ofAccuracy: trainAccuracy))  \
            val loss \(report.validation.loss.fixed(4))\
            \(Self.text(ofAccuracy: report.validation.accuracy))  \
            \(report.imagesPerSecond.roundedAndGrouped) \(configuration.sampleNoun)/s  \
            \(report.seconds.secondsText)\
            \(report.isBest ? "  best" : "")
            """)
    }

    func checkpointWritten(_ path: String, step: Int) {
        logger.debug("checkpoint of step \(step): \(path)")
    }

    func warned(_ text: String) {
        guard warnedKinds.insert(text).inserted else { return }
        clearBar()
        logger.warning("\(text)")
    }

    func runFinished(_ result: TrainingResult) {
        guard let start else { return }
        print(RunSummary(result, configuration: start.configuration).text)
    }

    private static func text(ofAccuracy accuracy: Double?) -> String {
        accuracy.map { " accuracy \($0.percent)" } ?? ""
    }

    private func print(_ text: String) {
        clearBar()
        show(text + "\n")
    }

    private func clearBar() {
        if isBarShown { show("\r\u{1B}[K") }
        isBarShown = false
    }

    private func show(_ text: String) { try? console.write(text) }
}
