import Datasets
import Diagnostics
import Layers
import Optimizers

extension RunConfiguration {
    /// Checks every value that can be checked without data and ranks.
    ///
    /// - Throws: `Failure` with `usage`, naming the key, what was expected, what was found and the
    ///   fix.
    public func validate() throws {
        try checkCounts()
        try checkNumbers()
        try checkNames()
        try checkMetrics()
    }

    /// What can be counted: products of two such numbers are whole numbers of 64 bits.
    static let countRange = 1...Int(Int32.max)

    private func checkCounts() throws {
        let counts: [(ConfigurationKey, Int?)] = [
            // Their number is that of the epochs too.
            (.trees, trees), (.maxDepth, maxDepth), (.minSamplesSplit, minSamplesSplit),
            (.minSamplesLeaf, minSamplesLeaf),
            (.epochs, epochs), (.maxSteps, maxSteps), (.maxIterations, maxIterations),
            (.batchSize, batchSize), (.microbatch, microbatch),
            (.earlyStoppingPatience, earlyStoppingPatience),
            (.keep, keep), (.logEvery, logEvery), (.sentinelEvery, sentinelEvery),
            (.dropEpochs, dropEpochs), (.checkpointEvery, checkpointEvery.count),
            (.kernelFeatures, kernelFeatures),
        ]
        for (key, count) in counts {
            guard let count, !Self.countRange.contains(count) else { continue }
            throw Failure(
                .usage, in: key.flag,
                expected: count < 1
                    ? "at least 1" : "at most \(Self.countRange.upperBound.grouped)",
                found: "\(count)")
        }
        guard hidden.map({ ModelSettings.areHidden($0.lengths) }) ?? true else {
            throw Failure(
                .usage, in: "--hidden", expected: ModelSettings.hiddenExpectation,
                found: hidden?.configurationText ?? "none")
        }
        guard (1...1024).contains(loaderThreads) else {
            throw Failure(
                .usage, in: "--loader-threads", expected: "1 to 1,024", found: "\(loaderThreads)")
        }
        guard microbatch <= batchSize else {
            throw Failure(
                .usage, in: "--microbatch",
                expected: "at most the \(batchSize.grouped) images of a batch",
                found: microbatch.grouped, fix: "lower it or raise --batch-size")
        }
    }

    private func checkNumbers() throws {
        let limits: [(ConfigurationKey, Double?, String, (Double) -> Bool)] = [
            (.learningRate, learningRate, "above 0", { $0 > 0 }),
            (.weightDecay, weightDecay, "at least 0", { $0 >= 0 }),
            (
                .warmupEpochs, warmupEpochs, "0 to the \(epochs) epochs",
                { $0 >= 0 && $0 <= Double(epochs) }
            ),
            (.finalLearningRate, finalLearningRate, "at least 0", { $0 >= 0 }),
            (.gamma, gamma, "at least 0", { $0 >= 0 }),
            (.risingShare, risingShare, "0 to 1", { (0...1).contains($0) }),
            (
                .labelSmoothing, labelSmoothing, "at least 0 and less than 1",
                { (0..<1).contains($0) }
            ),
            (.gradientTolerance, gradientTolerance, "at least 0", { $0 >= 0 }),
            (.gradientClip, gradientClip, "above 0", { $0 > 0 }),
            (.l1Penalty, l1Penalty, "at least 0", { $0 >= 0 }),
            (.l2Penalty, l2Penalty, "at least 0", { $0 >= 0 }),
            (.testFraction, testFraction, "above 0 and below 1", { $0 > 0 && $0 < 1 }),
        ]
        for (key, value, expected, isRight) in limits {
            guard let value, !(value.isFinite && isRight(value)) else { continue }
            throw Failure(.usage, in: key.flag, expected: expected, found: "\(value)")
        }
        guard loss == .crossEntropy || labelSmoothing == 0 else {
            throw Failure(
                .usage, in: "--label-smoothing", expected: "0, as \(loss.rawValue) has none",
                found: "\(labelSmoothing)", fix: "leave it out")
        }
    }

    /// Checks that keys of tables and of some networks were given for such alone.
    private func checkFitting() throws {
        let given: [(ConfigurationKey, isGiven: Bool, fits: Bool, String)] = [
            (.label, label != nil, dataset.isTable, "tables"),
            (.task, task != nil, dataset.isTable, "tables"),
            (.testFile, testFile != nil, dataset.isTable, "tables"),
            (.testFraction, testFraction != nil, dataset.isTable, "tables"),
            (.splitSeed, splitSeed != nil, dataset.isTable, "tables"),
            (.delimiter, delimiter != nil, dataset.isTable, "tables"),
            (.header, header != nil, dataset.isTable, "tables"),
            (.columnTypes, columnTypes != nil, dataset.isTable, "tables"),
            (.missing, missing != nil, dataset.isTable, "tables"),
            (.testFraction, testFraction != nil, testFile == nil, "runs without --test-file"),
            (.splitSeed, splitSeed != nil, testFile == nil, "runs without --test-file"),
            (.hidden, hidden != nil, model == "mlp", "mlp"),
            (.kernelFeatures, kernelFeatures != nil, model == "svm", "svm"),
            (.kernelGamma, kernelGamma != nil, model == "svm", "svm"),
        ]
        for (key, isGiven, fits, purpose) in given where isGiven && !fits {
            throw Failure(
                .usage, in: key.flag, found: "is for \(purpose) alone", fix: "leave it out")
        }
    }

    private func checkNames() throws {
        let models = Self.modelNames
        guard models.contains(model) else {
            throw Failure(
                .usage, in: "--model", expected: "one of \(models.joined(separator: ", "))",
                found: "\"\(model)\"", fix: models.nearest(to: model).map { "did you mean \($0)?" })
        }
        try checkFitting()
        try checkTrees()
        if usesBatchOptimizer {
            try checkBatchOptimizer()
        } else {
            _ = try OptimizerCatalog.make(optimizer, optimizerSettings)
        }
        _ = try ScheduleCatalog.make(schedule, scheduleSettings(stepsPerEpoch: 1))
        _ = try Preprocessing(parsing: preprocess)
        try checkMixtures(Augmentation(parsing: augment))
    }

    private func checkMixtures(_ augmentation: Augmentation) throws {
        guard loss == .softF1, augmentation.mixesImages else { return }
        throw Failure(
            .usage, in: "--augment",
            expected: "nothing that mixes images, as soft-f1 is no sum over images",
            found: augment.joined(separator: ","), fix: "leave it out or use another --loss")
    }
}

/// The parts that a configuration names.
extension RunConfiguration {
    /// The names of all models: the networks of `ModelCatalog`, and those made of trees.
    public static var modelNames: [String] {
        ModelCatalog.all.map(\.name) + TreeChoice.allCases.map(\.rawValue)
    }

    /// The settings that were given for the optimizer.
    var optimizerSettings: OptimizerSettings {
        OptimizerSettings(
            momentum: momentum, nesterov: nesterov, beta1: beta1, beta2: beta2, epsilon: epsilon,
            alpha: alpha, centered: centered, trustCoefficient: trustCoefficient)
    }

    /// The settings of the schedule.
    func scheduleSettings(stepsPerEpoch: Int) -> ScheduleSettings {
        ScheduleSettings(
            learningRate: learningRate, finalLearningRate: finalLearningRate,
            stepsPerEpoch: stepsPerEpoch, drops: .every(epochs: dropEpochs), gamma: gamma,
            risingShare: risingShare,
            warmUpSteps: Int((warmupEpochs * Double(stepsPerEpoch)).rounded()))
    }

    /// The normalisation of a data set's images.
    func normalization(for source: any ImageSource) -> Normalization {
        switch normalization {
        case .dataset: source.normalization
        case .unit: .unit
        case .symmetric: .symmetric
        }
    }
}

extension LossName {
    /// The loss to train with.
    ///
    /// - Parameter labelSmoothing: How much of the target is spread over all classes.
    /// - Returns: The loss.
    func make(labelSmoothing: Double = 0) -> any Loss {
        switch self {
        case .crossEntropy: SoftmaxCrossEntropy(labelSmoothing: Float(labelSmoothing))
        case .meanSquaredError: MeanSquaredError()
        case .logistic: LogisticLoss()
        case .hinge: HingeLoss()
        case .squaredHinge: HingeLoss(isSquared: true)
        case .softF1: SoftF1Loss()
        }
    }
}
