import Datasets
import Diagnostics
import Layers
import Optimizers

extension RunConfiguration {
    /// Completes what the user asks for: by the recipe of the network on the data set, and by the
    /// defaults of `RunConfiguration`.
    ///
    /// Naming an optimizer replaces the recipe's with all that belongs to it: the learning rate, the
    /// weight decay and its settings are then that optimizer's own defaults. A recipe's batch
    /// optimizer gives way to what is asked for that it has not, such as a number of epochs.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - dataset: The data set, which `auto` has become.
    /// - Returns: The configuration, complete and checked.
    /// - Throws: `Failure` with `usage` that names the key that is wrong.
    public static func resolved(
        _ overrides: RunConfigurationOverrides, dataset: DatasetName
    ) throws -> RunConfiguration {
        try resolved(overrides, dataset: dataset, traits: nil)
    }

    /// Completes what the user asks for, as above, with what is known of the samples.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - data: The samples.
    /// - Returns: The configuration, complete and checked.
    /// - Throws: `Failure` with `usage` that names the key that is wrong.
    static func resolved(
        _ overrides: RunConfigurationOverrides, for data: RunData
    ) throws -> RunConfiguration {
        try resolved(overrides, dataset: data.name, traits: DataTraits(data))
    }

    private static func resolved(
        _ overrides: RunConfigurationOverrides, dataset: DatasetName, traits: DataTraits?
    ) throws -> RunConfiguration {
        let model = overrides.model ?? Recipe.model(for: dataset)
        let recipe = Recipe.find(model: model, dataset: dataset, traits: traits)
        var configuration = RunConfiguration(recipe, dataset: dataset)
        if let traits { configuration.completeTable(traits, overrides) }
        if let optimizer = overrides.optimizer {
            try configuration.use(optimizer: optimizer)
        } else if let optimizer = recipe.batchOptimizer(for: overrides) {
            try configuration.use(optimizer: optimizer)
            configuration.gradientTolerance = recipe.gradientTolerance
        }
        // Who asks for sparse weights alone gets no other penalty.
        if overrides.asksForL1Penalty { configuration.l2Penalty = nil }
        for key in ConfigurationKey.allCases where key != .dataset {
            ConfigurationField.of(key).apply(overrides, &configuration)
        }
        if configuration.usesBatchOptimizer { try configuration.completeBatch(traits, overrides) }
        if overrides.microbatch == nil {
            configuration.microbatch = min(configuration.microbatch, configuration.batchSize)
        }
        if overrides.schedule != nil && overrides.warmupEpochs == nil {
            configuration.warmupEpochs = 0
        }
        configuration.completeTrees(overrides)
        try configuration.validate()
        try configuration.checkMeaning(overrides)
        return configuration
    }

    /// The configuration with which a run goes on: its own, but for what the user now asks for.
    ///
    /// Limits of steps and time belong to one launch, so those of the earlier one are forgotten.
    ///
    /// - Parameter overrides: What the user asks for now.
    /// - Returns: The configuration, checked.
    /// - Throws: `Failure` with `usage` that names a key whose change would change the result, or
    ///   whose value is wrong.
    public func resumed(with overrides: RunConfigurationOverrides) throws -> RunConfiguration {
        try checkMeaning(overrides)
        var configuration = self
        configuration.maxSteps = nil
        configuration.maxTime = nil
        for key in ConfigurationKey.allCases {
            if key == .dataset && overrides.dataset == .auto { continue }
            ConfigurationField.of(key).apply(overrides, &configuration)
        }
        for key in ConfigurationKey.allCases where !mayChangeOnResume(key) {
            let field = ConfigurationField.of(key)
            let (old, new) = (field.text(self), field.text(configuration))
            guard old == new else {
                throw Failure(
                    .usage, in: key.flag, expected: "\(old ?? "none"), as the run began with",
                    found: new ?? "none",
                    fix: "leave \(key.flag) out, or begin a new run with another --output")
            }
        }
        if let trees = configuration.trees { configuration.epochs = trees }
        try configuration.validate()
        return configuration
    }

    /// Whether this run may go on with another value of a key: more epochs change nothing for
    /// schedules that do not look at the run's end, and more trees nothing of those that are there.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it may.
    public func mayChangeOnResume(_ key: ConfigurationKey) -> Bool {
        key.mayChangeOnResume || key == .trees
            || (key == .epochs && [ConstantSchedule.name, StepSchedule.name].contains(schedule))
    }

    private init(_ recipe: Recipe, dataset: DatasetName) {
        self.dataset = dataset
        model = recipe.model
        epochs = recipe.epochs
        optimizer = recipe.optimizer
        learningRate = recipe.learningRate
        momentum = recipe.momentum
        nesterov = recipe.nesterov
        weightDecay = recipe.weightDecay
        schedule = recipe.schedule
        warmupEpochs = recipe.warmupEpochs
        labelSmoothing = recipe.labelSmoothing
        augment = recipe.augment
        loss = recipe.loss
        l2Penalty = recipe.l2Penalty
        batchSize = recipe.batchSize
        microbatch = recipe.microbatch
        checkpointEvery = recipe.checkpointEvery
        output = "runs/\(recipe.model)-\(dataset.shortName)"
        let settings = ModelSettings()
        switch recipe.model {
        case "mlp": hidden = HiddenLayers(settings.hidden)
        case "svm": (kernelFeatures, kernelGamma) = (settings.kernelFeatures, .scale)
        default: break
        }
    }

    /// Writes down what a table is split by and what its label was taken for.
    private mutating func completeTable(
        _ traits: DataTraits, _ overrides: RunConfigurationOverrides
    ) {
        guard case .csv = dataset else { return }
        task = traits.task
        guard overrides.testFile == nil else { return }
        testFraction = TableRequest.defaultTestFraction
        splitSeed = TableRequest.defaultSplitSeed
    }

    /// What suits a batch optimizer: microbatches that are leaves of a tree over all samples, small
    /// enough for some dozens of ranks.
    private mutating func completeBatch(
        _ traits: DataTraits?, _ overrides: RunConfigurationOverrides
    ) throws {
        if let traits {
            if let asked = overrides.batchSize, asked != traits.trainingCount {
                throw Failure(
                    .usage, in: ConfigurationKey.batchSize.flag,
                    expected: "the \(traits.trainingCount.grouped) training samples, as "
                        + "\(optimizer) takes all of them",
                    found: asked.grouped, fix: "leave it out")
            }
            batchSize = traits.trainingCount
            if overrides.microbatch == nil {
                microbatch = min(1024, max(16, (batchSize + 63) / 64))
            }
        }
        if overrides.checkpointEvery == nil { checkpointEvery = .steps(100) }
        if overrides.augment == nil { augment = ["none"] }
    }

    private mutating func use(optimizer name: String) throws {
        if BatchOptimizerCatalog.rule(named: name) != nil {
            optimizer = name
            (momentum, nesterov, weightDecay) = (nil, nil, 0)
            (schedule, warmupEpochs, epochs) = (ConstantSchedule.name, 0, 1)
            return
        }
        let type = try OptimizerCatalog.type(named: name)
        optimizer = name
        learningRate = type.defaultLearningRate
        weightDecay = type.defaultWeightDecay
        momentum = nil
        nesterov = nil
    }
}
