import Diagnostics
import Optimizers

/// Why a key means nothing in a run.
struct Meaninglessness {
    /// What the key is for.
    let purpose: String
    /// What the run has in the place of it.
    let found: String
}

extension RunConfiguration {
    /// Why a key means nothing in a run of this kind; nil if it means something.
    ///
    /// Such a key is refused where it is given, left out of `config.yml`, and determines no bits.
    ///
    /// - Parameter key: The key.
    /// - Returns: What it is for, and what the run has.
    func meaninglessness(of key: ConfigurationKey) -> Meaninglessness? {
        if TreeChoice(self) != nil {
            return key.isForNetworks ? Meaninglessness(purpose: "networks", found: model) : nil
        }
        if key.isForTrees { return Meaninglessness(purpose: "trees", found: model) }
        if dataset.isTable && key.isForImages {
            return Meaninglessness(purpose: "images", found: "a table")
        }
        if usesBatchOptimizer {
            return key.isForSteps
                ? Meaninglessness(purpose: "steps over batches", found: optimizer) : nil
        }
        if key.isForBatchOptimizers {
            let names = BatchOptimizerCatalog.names.joined(separator: ", ")
            return Meaninglessness(purpose: names, found: optimizer)
        }
        guard let schedules = key.schedules, !schedules.contains(schedule) else { return nil }
        return Meaninglessness(purpose: schedules.joined(separator: ", "), found: schedule)
    }

    /// Refuses what was asked for and means nothing.
    ///
    /// - Parameter overrides: What the user asks for.
    /// - Throws: `Failure` with `usage` that names the key.
    func checkMeaning(_ overrides: RunConfigurationOverrides) throws {
        for key in overrides.givenKeys {
            guard let reason = meaninglessness(of: key) else { continue }
            throw Failure(
                .usage, in: key.flag,
                found: "is for \(reason.purpose) alone, not for \(reason.found)",
                fix: "leave it out")
        }
    }
}

extension ConfigurationKey {
    /// Whether the key is about trees.
    fileprivate var isForTrees: Bool {
        switch self {
        case .criterion, .trees, .maxDepth, .minSamplesSplit, .minSamplesLeaf, .maxFeatures: true
        default: false
        }
    }

    /// Whether the key is about networks and their training, or about images.
    fileprivate var isForNetworks: Bool {
        switch self {
        case .hidden, .kernelFeatures, .kernelGamma, .epochs, .maxSteps, .maxIterations,
            .gradientTolerance, .batchSize, .microbatch, .optimizer, .learningRate, .momentum,
            .nesterov, .beta1, .beta2, .epsilon, .alpha, .centered, .trustCoefficient,
            .weightDecay, .schedule, .warmupEpochs, .finalLearningRate, .dropEpochs, .gamma,
            .risingShare, .loss, .labelSmoothing, .l1Penalty, .l2Penalty, .preprocess, .augment,
            .normalization, .gradientClip, .onNan, .earlyStoppingPatience, .monitor,
            .checkpointName, .sentinelEvery, .loaderThreads, .precision, .reduction, .convolution:
            true
        default: false
        }
    }

    /// Whether the key is about images.
    fileprivate var isForImages: Bool {
        switch self {
        case .preprocess, .augment, .normalization: true
        default: false
        }
    }

    /// Whether the key is about steps over batches and the epochs that they make, or about what
    /// follows an epoch.
    ///
    /// The size of a batch is compared with the number of samples instead.
    fileprivate var isForSteps: Bool {
        switch self {
        case .epochs, .learningRate, .schedule, .warmupEpochs, .finalLearningRate, .dropEpochs,
            .gamma, .risingShare, .onNan, .monitor, .checkpointName, .sentinelEvery:
            true
        default: false
        }
    }

    /// Whether the key is about optimizers whose steps take all samples.
    fileprivate var isForBatchOptimizers: Bool {
        self == .maxIterations || self == .gradientTolerance
    }

    /// The schedules that look at the key; nil if it is about none in particular.
    fileprivate var schedules: [String]? {
        switch self {
        case .finalLearningRate: [CosineSchedule.name, LinearSchedule.name]
        case .dropEpochs, .gamma: [StepSchedule.name]
        case .risingShare: [OneCycleSchedule.name]
        default: nil
        }
    }
}
