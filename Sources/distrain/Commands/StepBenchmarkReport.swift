import Diagnostics
import Training

/// The measurement of steps as text.
struct StepBenchmarkReport {
    let result: StepBenchmark.Result

    /// A line that says what was measured, and tables.
    var text: String {
        let title = """
            \(result.model): \(result.steps.grouped) steps of \(result.batch.grouped) images, \
            microbatches of \(result.microbatch.grouped), ranks: \(result.ranks)
            """
        guard let profile = result.profile else { return [title, summary].joined(separator: "\n") }
        return [title, summary, "", Self.table(of: profile)].joined(separator: "\n")
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

    private static func table(of profile: StepProfile) -> String {
        var table = TextTable()
        table.add("ms a step, mean of the ranks", "prepare", "forward", "backward", "sum", "%")
        for row in profile.rows {
            table.add(
                row.name, text(of: row.prepare), text(of: row.forward), text(of: row.backward),
                text(of: row.milliseconds), row.percent.fixed(1))
        }
        let phases = [\StepProfile.Row.prepare, \.forward, \.backward].map { phase in
            profile.rows.reduce(0) { $0 + ($1[keyPath: phase] ?? 0) }
        }
        table.add(
            "total", text(of: phases[0]), text(of: phases[1]), text(of: phases[2]),
            text(of: profile.milliseconds), "100.0")
        return table.text
    }

    private static func text(of milliseconds: Double?) -> String {
        milliseconds?.fixed(3) ?? ""
    }
}
