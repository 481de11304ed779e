import Diagnostics
import Optimizers

extension RunConfiguration {
    /// Whether the optimizer is one whose steps take all samples.
    public var usesBatchOptimizer: Bool { BatchOptimizerCatalog.rule(named: optimizer) != nil }

    /// Refuses what a batch optimizer has not.
    ///
    /// - Throws: `Failure` with `usage` that names the key.
    func checkBatchOptimizer() throws {
        try BatchOptimizerCatalog.check(optimizer, optimizerSettings)
        if let l1Penalty, l1Penalty > 0, optimizer != LBFGS.name {
            throw Failure(
                .usage, in: ConfigurationKey.l1Penalty.flag,
                expected: "0, as \(optimizer) needs a smooth loss", found: "\(l1Penalty)",
                fix: "use --optimizer lbfgs")
        }
        if loss == .hinge {
            throw Failure(
                .usage, in: ConfigurationKey.loss.flag,
                expected: "a smooth one, as \(optimizer) needs it", found: loss.rawValue,
                fix: "use squared-hinge")
        }
        let others: [(ConfigurationKey, String?, String)] = [
            (.weightDecay, weightDecay > 0 ? "\(weightDecay)" : nil, "use --l2-penalty"),
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

extension Recipe {
    /// The batch optimizer that suits what is asked for.
    ///
    /// - Parameter overrides: What the user asks for.
    /// - Returns: Its name; nil if the recipe has none, the loss is not smooth, or something is asked
    ///   for that batch optimizers have not.
    func batchOptimizer(for overrides: RunConfigurationOverrides) -> String? {
        guard DoubleLoss(overrides.loss ?? loss) != nil, !overrides.asksForBatches else {
            return nil
        }
        return batchOptimizer
    }
}

extension RunConfigurationOverrides {
    /// Whether an l1 penalty is asked for.
    var asksForL1Penalty: Bool { (l1Penalty ?? 0) > 0 }

    /// Whether something is asked for that has a meaning only where training goes in steps over
    /// batches, epoch after epoch.
    var asksForBatches: Bool {
        let keys: [ConfigurationKey] = [
            .epochs, .maxSteps, .batchSize, .learningRate, .momentum, .nesterov, .beta1, .beta2,
            .epsilon, .alpha, .centered, .trustCoefficient, .weightDecay, .schedule,
            .warmupEpochs, .finalLearningRate, .dropEpochs, .gamma, .risingShare, .labelSmoothing,
            .gradientClip, .onNan, .earlyStoppingPatience, .monitor, .checkpointName,
        ]
        return keys.contains { text(of: $0) != nil }
    }
}
