import Diagnostics
import Training

/// The measurement of steps as text.
struct StepBenchmarkReport {
    let result: StepBenchmark.Result

    /// A line that says what was measured, and a table.
    var text: String {
        let title = """
            \(result.model): \(result.steps.grouped) steps of \(result.batch.grouped) images, \
            microbatches of \(result.microbatch.grouped), ranks: \(result.ranks)
            """
        return [title, summary].joined(separator: "\n")
    }

    private var summary: String {
        var table = TextTable()
        table.add("images/s", result.imagesPerSecond.roundedAndGrouped)
        table.add("waiting for images", "\(result.loaderPercent.fixed(2)) %")
        table.add("exchange between ranks", "\(result.communicationPercent.fixed(2)) %")
        table.add("peak memory of a rank", "\(result.peakMemoryMiB.roundedAndGrouped) MiB")
        table.add("minor page faults a step", result.minorFaultsPerStep.fixed(2))
        table.add("major page faults a step", result.majorFaultsPerStep.fixed(2))
        return table.text
    }
}
