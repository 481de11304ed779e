import Diagnostics
import Training

/// Where a run is, in one line.
struct ProgressLine {
    private let report: StepReport
    private let start: RunStart
    private let timeLeft: String

    /// Takes what is to be shown.
    ///
    /// - Parameters:
    ///   - report: The last step.
    ///   - start: What the run is.
    ///   - timeLeft: An estimate of the time to the end.
    init(_ report: StepReport, start: RunStart, timeLeft: Duration) {
        self.report = report
        self.start = start
        self.timeLeft = timeLeft.seconds.secondsText
    }

    /// For files and pipes.
    var plain: String {
        """
        \(place)\(step)  \(values)
        """
    }

    /// For a terminal, cut to its width: a bar over the steps of the epoch, or over all iterations,
    /// and the values.
    ///
    /// - Parameters:
    ///   - columns: The width of the terminal.
    ///   - usesColor: Whether the done part is coloured.
    /// - Returns: The line.
    func bar(columns: Int, usesColor: Bool) -> String {
        let width = 20
        let (made, all) =
            isBatch
            ? (report.step, start.totalSteps) : (report.stepInEpoch, start.stepsPerEpoch)
        let done = min(width, width * made / max(all, 1))
        let full = String(repeating: "━", count: done)
        let rest = String(repeating: usesColor ? "━" : "·", count: width - done)
        let text = "\(place) "
        let tail = String(" \(values)".prefix(max(0, columns - 1 - text.count - width)))
        guard columns > text.count + width else { return String(text.prefix(columns - 1)) }
        return usesColor
            ? "\(text)\u{1B}[32m\(full)\u{1B}[90m\(rest)\u{1B}[0m\(tail)"
            : text + full + rest + tail
    }

    /// Whether steps are iterations over all samples.
    private var isBatch: Bool { start.configuration.usesBatchOptimizer }

    private var place: String {
        isBatch
            ? "iteration \(report.step.grouped)/\(start.totalSteps.grouped)"
            : "epoch \(report.epoch)/\(start.configuration.epochs)"
    }

    private var step: String {
        isBatch ? "" : "  step \(report.step.grouped)/\(start.totalSteps.grouped)"
    }

    private var values: String {
        let configuration = start.configuration
        var values = ["loss \(report.loss.fixed(4))"]
        if configuration.task != .regression {
            values.append("accuracy \(report.accuracy.percent)")
        }
        values.append("\(report.imagesPerSecond.roundedAndGrouped) \(configuration.sampleNoun)/s")
        // Nobody knows when iterations are small enough to end.
        values.append(isBatch ? "gradient \(report.gradientNorm.scientific)" : "\(timeLeft) left")
        return values.joined(separator: "  ")
    }
}

extension Duration {
    /// The length in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
