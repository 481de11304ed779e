import Diagnostics
import Trees

extension ConfigurationKey {
    /// Whether the key is about trees.
    var isForTrees: Bool {
        switch self {
        case .criterion, .trees, .maxDepth, .minSamplesSplit, .minSamplesLeaf, .maxFeatures: true
        default: false
        }
    }

    /// Whether the key is about networks and their training, or about images.
    var isForNetworks: Bool {
        switch self {
        case .hidden, .kernelFeatures, .kernelGamma, .epochs, .maxSteps, .maxIterations,
            .gradientTolerance, .batchSize, .microbatch, .optimizer, .learningRate, .momentum,
            .nesterov, .beta1, .beta2, .epsilon, .alpha, .centered, .trustCoefficient,
            .weightDecay, .schedule, .warmupEpochs, .finalLearningRate, .dropEpochs, .gamma,
            .risingShare, .loss, .labelSmoothing, .l1Penalty, .l2Penalty, .preprocess, .augment,
            .normalization, .gradientClip, .onNan, .earlyStoppingPatience, .monitor,
            .sentinelEvery, .loaderThreads, .precision, .reduction, .convolution:
            true
        default: false
        }
    }
}

extension RunConfiguration {
    /// Refuses what was asked for of another kind of model than the one that learns.
    ///
    /// - Parameter overrides: What the user asks for.
    /// - Throws: `Failure` with `usage` that names the key.
    func checkKind(_ overrides: RunConfigurationOverrides) throws {
        let choice = TreeChoice(self)
        guard choice == nil || dataset.isTable else {
            throw Failure(
                .usage, in: "--model", expected: "a network, as \(dataset.rawValue) has images",
                found: model, fix: "give a table with --dataset csv:FILE, or another --model")
        }
        for key in ConfigurationKey.allCases where overrides.text(of: key) != nil {
            guard choice == nil ? key.isForTrees : key.isForNetworks else { continue }
            throw Failure(
                .usage, in: key.flag,
                found: "is for \(choice == nil ? "trees" : "networks") alone, not for \(model)",
                fix: "leave it out")
        }
        guard choice != .decisionTree || trees ?? 1 == 1 else {
            throw Failure(
                .usage, in: "--trees", expected: "1 for \(model)", found: "\(trees ?? 1)",
                fix: "name --model \(TreeChoice.randomForest.rawValue)")
        }
    }

    /// Chooses what nobody chose of a tree model.
    ///
    /// - Parameter overrides: What the user asks for.
    mutating func completeTrees(_ overrides: RunConfigurationOverrides) {
        guard let choice = TreeChoice(self) else { return }
        let isRegression = task == .regression
        criterion = criterion ?? (isRegression ? .squaredError : .gini)
        trees = trees ?? choice.usualTreeCount
        minSamplesSplit = minSamplesSplit ?? 2
        minSamplesLeaf = minSamplesLeaf ?? 1
        maxFeatures =
            maxFeatures ?? (choice == .randomForest && !isRegression ? .squareRoot : .all)
        epochs = max(1, trees ?? 1)
        if overrides.checkpointEvery == nil { checkpointEvery = .epochs(max(1, epochs / 10)) }
    }

    /// Checks the settings of trees.
    ///
    /// - Throws: `Failure` with `usage` that names the key.
    func checkTrees() throws {
        let counts: [(ConfigurationKey, Int?, fewest: Int)] = [
            (.trees, trees, 1), (.maxDepth, maxDepth, 1), (.minSamplesSplit, minSamplesSplit, 2),
            (.minSamplesLeaf, minSamplesLeaf, 1),
        ]
        for (key, count, fewest) in counts {
            guard let count, count < fewest else { continue }
            throw Failure(.usage, in: key.flag, expected: "at least \(fewest)", found: "\(count)")
        }
        guard let criterion, let task, criterion.isForClasses != (task == .classification) else {
            return
        }
        let fitting = TreeCriterion.allCases.filter { $0.isForClasses != criterion.isForClasses }
        throw Failure(
            .usage, in: ConfigurationKey.criterion.flag,
            expected: "\(fitting.map(\.rawValue).joined(separator: " or ")) for a \(task.rawValue)",
            found: criterion.rawValue, fix: "leave it out, or name another --label or --task")
    }
}
