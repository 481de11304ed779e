import Diagnostics

/// What can be done with one key of a configuration, whatever the type of its value.
struct ConfigurationField {
    /// Reads a text into the overrides; the second argument names the place for messages.
    let read: (String, String, inout RunConfigurationOverrides) throws -> Void
    /// The text in the overrides, if there is one.
    let givenText: (RunConfigurationOverrides) -> String?
    /// Copies a given value into other overrides.
    let copy: (RunConfigurationOverrides, inout RunConfigurationOverrides) -> Void
    /// Copies a given value into a configuration.
    let apply: (RunConfigurationOverrides, inout RunConfiguration) -> Void
    /// Copies a configuration's value into overrides, if there is a value.
    let ask: (RunConfiguration, inout RunConfigurationOverrides) -> Void
    /// The text in a configuration, if there is a value.
    let text: (RunConfiguration) -> String?

    /// A key that always has a value.
    private init<Value: ConfigurationValue>(
        _ target: WritableKeyPath<RunConfiguration, Value>,
        _ source: WritableKeyPath<RunConfigurationOverrides, Value?>
    ) {
        self.init(
            source, apply: { value, configuration in configuration[keyPath: target] = value },
            value: { $0[keyPath: target] })
    }

    /// A key that may have no value.
    private init<Value: ConfigurationValue>(
        _ target: WritableKeyPath<RunConfiguration, Value?>,
        _ source: WritableKeyPath<RunConfigurationOverrides, Value?>
    ) {
        self.init(
            source, apply: { value, configuration in configuration[keyPath: target] = value },
            value: { $0[keyPath: target] })
    }

    private init<Value: ConfigurationValue>(
        _ source: WritableKeyPath<RunConfigurationOverrides, Value?>,
        apply: @escaping (Value, inout RunConfiguration) -> Void,
        value: @escaping (RunConfiguration) -> Value?
    ) {
        read = { text, subject, overrides in
            guard let value = Value(configurationText: text) else {
                throw Self.misunderstood(text, in: subject, as: Value.self)
            }
            overrides[keyPath: source] = value
        }
        givenText = { $0[keyPath: source]?.configurationText }
        copy = { from, to in
            if let value = from[keyPath: source] { to[keyPath: source] = value }
        }
        self.apply = { overrides, configuration in
            if let value = overrides[keyPath: source] { apply(value, &configuration) }
        }
        ask = { configuration, overrides in
            if let value = value(configuration) { overrides[keyPath: source] = value }
        }
        text = { value($0)?.configurationText }
    }

    private static func misunderstood<Value: ConfigurationValue>(
        _ text: String, in subject: String, as type: Value.Type
    ) -> Failure {
        Failure(
            .usage, in: subject, expected: Value.expectation, found: "\"\(text)\"",
            fix: Value.suggestions.nearest(to: text).map { "did you mean \($0)?" })
    }

    /// The table: a new key is a row here, a case of `ConfigurationKey` and a property in each of
    /// `RunConfiguration` and `RunConfigurationOverrides`.
    static func of(_ key: ConfigurationKey) -> ConfigurationField {
        switch key {
        case .dataset: ConfigurationField(\.dataset, \.dataset)
        case .data: ConfigurationField(\.data, \.data)
        case .label: ConfigurationField(\.label, \.label)
        case .task: ConfigurationField(\.task, \.task)
        case .testFile: ConfigurationField(\.testFile, \.testFile)
        case .testFraction: ConfigurationField(\.testFraction, \.testFraction)
        case .splitSeed: ConfigurationField(\.splitSeed, \.splitSeed)
        case .delimiter: ConfigurationField(\.delimiter, \.delimiter)
        case .header: ConfigurationField(\.header, \.header)
        case .columnTypes: ConfigurationField(\.columnTypes, \.columnTypes)
        case .missing: ConfigurationField(\.missing, \.missing)
        case .hidden: ConfigurationField(\.hidden, \.hidden)
        case .kernelFeatures: ConfigurationField(\.kernelFeatures, \.kernelFeatures)
        case .kernelGamma: ConfigurationField(\.kernelGamma, \.kernelGamma)
        case .model: ConfigurationField(\.model, \.model)
        case .criterion: ConfigurationField(\.criterion, \.criterion)
        case .trees: ConfigurationField(\.trees, \.trees)
        case .maxDepth: ConfigurationField(\.maxDepth, \.maxDepth)
        case .minSamplesSplit: ConfigurationField(\.minSamplesSplit, \.minSamplesSplit)
        case .minSamplesLeaf: ConfigurationField(\.minSamplesLeaf, \.minSamplesLeaf)
        case .maxFeatures: ConfigurationField(\.maxFeatures, \.maxFeatures)
        case .epochs: ConfigurationField(\.epochs, \.epochs)
        case .maxSteps: ConfigurationField(\.maxSteps, \.maxSteps)
        case .maxTime: ConfigurationField(\.maxTime, \.maxTime)
        case .maxIterations: ConfigurationField(\.maxIterations, \.maxIterations)
        case .gradientTolerance:
            ConfigurationField(\.gradientTolerance, \.gradientTolerance)
        case .batchSize: ConfigurationField(\.batchSize, \.batchSize)
        case .microbatch: ConfigurationField(\.microbatch, \.microbatch)
        case .optimizer: ConfigurationField(\.optimizer, \.optimizer)
        case .learningRate: ConfigurationField(\.learningRate, \.learningRate)
        case .momentum: ConfigurationField(\.momentum, \.momentum)
        case .nesterov: ConfigurationField(\.nesterov, \.nesterov)
        case .beta1: ConfigurationField(\.beta1, \.beta1)
        case .beta2: ConfigurationField(\.beta2, \.beta2)
        case .epsilon: ConfigurationField(\.epsilon, \.epsilon)
        case .alpha: ConfigurationField(\.alpha, \.alpha)
        case .centered: ConfigurationField(\.centered, \.centered)
        case .trustCoefficient: ConfigurationField(\.trustCoefficient, \.trustCoefficient)
        case .weightDecay: ConfigurationField(\.weightDecay, \.weightDecay)
        case .schedule: ConfigurationField(\.schedule, \.schedule)
        case .warmupEpochs: ConfigurationField(\.warmupEpochs, \.warmupEpochs)
        case .finalLearningRate: ConfigurationField(\.finalLearningRate, \.finalLearningRate)
        case .dropEpochs: ConfigurationField(\.dropEpochs, \.dropEpochs)
        case .gamma: ConfigurationField(\.gamma, \.gamma)
        case .risingShare: ConfigurationField(\.risingShare, \.risingShare)
        case .loss: ConfigurationField(\.loss, \.loss)
        case .labelSmoothing: ConfigurationField(\.labelSmoothing, \.labelSmoothing)
        case .l1Penalty: ConfigurationField(\.l1Penalty, \.l1Penalty)
        case .l2Penalty: ConfigurationField(\.l2Penalty, \.l2Penalty)
        case .preprocess: ConfigurationField(\.preprocess, \.preprocess)
        case .augment: ConfigurationField(\.augment, \.augment)
        case .normalization: ConfigurationField(\.normalization, \.normalization)
        case .gradientClip: ConfigurationField(\.gradientClip, \.gradientClip)
        case .onNan: ConfigurationField(\.onNan, \.onNan)
        case .earlyStoppingPatience:
            ConfigurationField(\.earlyStoppingPatience, \.earlyStoppingPatience)
        case .monitor: ConfigurationField(\.monitor, \.monitor)
        case .metrics: ConfigurationField(\.metrics, \.metrics)
        case .seed: ConfigurationField(\.seed, \.seed)
        case .output: ConfigurationField(\.output, \.output)
        case .resume: ConfigurationField(\.resume, \.resume)
        case .checkpointEvery: ConfigurationField(\.checkpointEvery, \.checkpointEvery)
        case .checkpointName: ConfigurationField(\.checkpointName, \.checkpointName)
        case .keep: ConfigurationField(\.keep, \.keep)
        case .logEvery: ConfigurationField(\.logEvery, \.logEvery)
        case .sentinelEvery: ConfigurationField(\.sentinelEvery, \.sentinelEvery)
        case .loaderThreads: ConfigurationField(\.loaderThreads, \.loaderThreads)
        case .precision: ConfigurationField(\.precision, \.precision)
        case .reduction: ConfigurationField(\.reduction, \.reduction)
        case .convolution: ConfigurationField(\.convolution, \.convolution)
        }
    }
}
