import Diagnostics
import Optimizers

extension RunConfiguration {
    /// Whether the optimizer is one whose steps take all samples.
    var usesBatchOptimizer: Bool { BatchOptimizerCatalog.rule(named: optimizer) != nil }

    /// Refuses what a batch optimizer has not.
    ///
    /// - Throws: `Failure` with `usage` that names the key.
    func checkBatchOptimizer() throws {
        try BatchOptimizerCatalog.check(optimizer, optimizerSettings)
        let others: [(ConfigurationKey, String?, String)] = [
            (.weightDecay, weightDecay > 0 ? "\(weightDecay)" : nil, "leave it out"),
            (
                .l1Penalty, l1Penalty.flatMap { $0 > 0 ? "\($0)" : nil },
                "use --l2-penalty, which has a slope everywhere"
            ),
            (.gradientClip, gradientClip.map { "\($0)" }, "leave it out"),
            (.maxSteps, maxSteps.map { "\($0)" }, "use --max-iterations"),
            (
                .earlyStoppingPatience, earlyStoppingPatience.map { "\($0)" },
                "use --gradient-tolerance"
            ),
        ]
        for (key, text, fix) in others {
            guard let text else { continue }
            throw Failure(
                .usage, in: key.flag, expected: "none, as \(optimizer) has no such thing",
                found: text, fix: fix)
        }
    }
}
