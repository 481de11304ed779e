import Communication
import Datasets
import Diagnostics
import Layers
import Optimizers

/// Everything that follows from a run's configuration and data, and is the same on all ranks.
struct TrainingPlan {
    let configuration: RunConfiguration
    let data: RunData
    let model: ModelDescription
    let network: NetworkDescription
    let sampler: Sampler
    /// The optimizer; nil where it is a batch optimizer, whose steps take all samples.
    let optimizer: (any Optimizer)?
    let loss: any Loss
    /// What the size of the weights adds to the loss.
    let penalty: WeightPenalty
    /// The samples to learn from, as the network takes them.
    let training: any InputSource
    /// The samples to measure with, as the network takes them.
    let validation: any InputSource
    private let schedule: WarmUp

    /// The steps after which the run ends at the latest.
    let lastStep: Int

    /// Works out the plan.
    ///
    /// - Parameters:
    ///   - configuration: A valid configuration.
    ///   - data: The samples.
    ///   - rankCount: The number of ranks.
    /// - Throws: `Failure` with `usage` if something does not fit the data, with `badLaunch` if
    ///   there are more ranks than microbatches.
    init(_ configuration: RunConfiguration, data: RunData, rankCount: Int) throws {
        self.configuration = configuration
        self.data = data
        model = try ModelDescription(configuration, data: data)
        network = try model.network().computingConvolutions(by: configuration.convolution)
        sampler = try Sampler(
            imageCount: data.training.count,
            batchSize: configuration.usesBatchOptimizer
                ? data.training.count : configuration.batchSize,
            microbatchSize: configuration.microbatch, seed: configuration.seed)
        optimizer =
            configuration.usesBatchOptimizer
            ? nil
            : try OptimizerCatalog.make(configuration.optimizer, configuration.optimizerSettings)
        schedule = try ScheduleCatalog.make(
            configuration.schedule,
            configuration.scheduleSettings(stepsPerEpoch: sampler.stepsPerEpoch))
        loss = configuration.loss.make(labelSmoothing: configuration.labelSmoothing)
        penalty = WeightPenalty(
            l1: configuration.l1Penalty ?? 0, l2: configuration.l2Penalty ?? 0)
        training = try model.input.preparingTraining(
            of: data, augmentation: Augmentation(parsing: configuration.augment))
        validation = try model.input.preparingValidation(of: data)
        lastStep =
            configuration.usesBatchOptimizer
            ? configuration.maxIterations
            : min(configuration.epochs * sampler.stepsPerEpoch, configuration.maxSteps ?? .max)
        try checkLoss()
        try checkRanks(rankCount)
    }

    /// The learning rate of the next step.
    ///
    /// - Parameter step: The steps made before it.
    /// - Returns: The learning rate.
    func learningRate(step: Int) -> Double {
        schedule.learningRate(
            step: step, totalSteps: configuration.epochs * sampler.stepsPerEpoch)
    }

    /// Checks that the loss is one of classes or of values, as the samples have.
    private func checkLoss() throws {
        guard data.training.classNames.isEmpty else { return }
        guard configuration.loss == .meanSquaredError else {
            throw Failure(
                .usage, in: "--loss", expected: "mean-squared-error, as the label has values",
                found: configuration.loss.rawValue,
                fix: "leave it out, or name another --label or --task classification")
        }
    }

    private func checkRanks(_ rankCount: Int) throws {
        let microbatchCount = sampler.microbatchCount(inStep: 0)
        guard rankCount > microbatchCount else { return }
        let images = sampler.imageCount(inStep: 0)
        var fixes: [String] = []
        if images >= rankCount { fixes.append("--microbatch \(images / rankCount)") }
        let batch = rankCount * configuration.microbatch
        if batch <= sampler.imageCount { fixes.append("--batch-size \(batch)") }
        fixes.append("at most \(microbatchCount) rank\(microbatchCount == 1 ? "" : "s")")
        throw Failure(
            .badLaunch, in: "\(rankCount) ranks",
            expected: "at most one for each of the \(microbatchCount) microbatches "
                + "of \(configuration.microbatch) in a batch of \(images)",
            found: "more ranks than microbatches",
            fix: "use " + fixes.dropLast().joined(separator: ", ")
                + (fixes.count > 1 ? ", or " : "") + (fixes.last ?? ""))
    }

    /// Starts loading this rank's microbatches.
    ///
    /// - Parameters:
    ///   - steps: The steps of the run to load.
    ///   - team: The ranks among which microbatches are divided, in teams.
    /// - Returns: The loader, whose threads have begun.
    /// - Throws: `Failure` with `internalError` if no thread can be started.
    func loader(for steps: Range<Int>, _ team: HostTeam) throws -> MicrobatchLoader {
        let (position, rankCount) = (team.position, team.communicator.rankCount)
        return try MicrobatchLoader(
            source: training, sampler: sampler,
            start: sampler.position(afterSteps: steps.lowerBound), end: .steps(steps.upperBound),
            threadCount: configuration.loaderThreads,
            share: { BalancedPartition.range(of: position, outOf: rankCount, count: $0) })
    }
}
