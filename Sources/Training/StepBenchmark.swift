import Communication
import Datasets
import Diagnostics
import Foundation
import Kernels
import Layers

/// The speed of a full training step on synthetic images: loading with augmentation, forward, loss,
/// backward, reduction, and stochastic gradient descent with momentum.
public struct StepBenchmark: Sendable {
    /// The network's name.
    public let model: String
    /// Images of a step over all ranks.
    public let batchSize: Int
    /// Images of a forward and backward pass.
    public let microbatch: Int
    /// What is done to all images first, in the words of `Preprocessing`.
    public let preprocess: [String]
    /// Random changes of the images, in the words of `Augmentation`.
    public let augment: [String]
    /// How convolutions are computed.
    public let convolution: ConvolutionMethod
    /// How gradients are added up over ranks.
    public let reduction: ReductionMethod
    /// The number of measured steps.
    public let stepCount: Int
    /// The number of steps before those.
    public let warmUpCount: Int
    /// Whether the time of each layer is taken.
    public let profiles: Bool

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - model: The network's name.
    ///   - batchSize: Images of a step over all ranks.
    ///   - microbatch: Images of a forward and backward pass; the largest that occupies all ranks,
    ///     but at most 64, if nil.
    ///   - preprocess: What is done to all images first.
    ///   - augment: Random changes of the images.
    ///   - convolution: How convolutions are computed.
    ///   - reduction: How gradients are added up over ranks.
    ///   - stepCount: The number of measured steps, at least 1.
    ///   - warmUpCount: The number of steps before those.
    ///   - profiles: Whether to take the time of each layer too.
    ///   - rankCount: The number of ranks.
    /// - Throws: `Failure` with `usage` if a number is below 1 or above a million.
    public init(
        model: String, batchSize: Int = 128, microbatch: Int? = nil,
        preprocess: [String] = ["none"], augment: [String] = ["crop:4", "flip"],
        convolution: ConvolutionMethod = .automatic, reduction: ReductionMethod = .tree,
        stepCount: Int = 20, warmUpCount: Int = 3,
        profiles: Bool = false, rankCount: Int
    ) throws {
        let range = 1...1_000_000
        for (flag, value) in [("--batch-size", batchSize), ("--steps", stepCount)]
        where !range.contains(value) {
            throw Failure(
                .usage, in: flag, expected: "1 to \(range.upperBound.grouped)", found: "\(value)")
        }
        self.model = model
        self.batchSize = batchSize
        self.microbatch = microbatch ?? max(1, min(64, batchSize / rankCount))
        self.preprocess = preprocess
        self.augment = augment
        self.convolution = convolution
        self.reduction = reduction
        self.stepCount = stepCount
        self.warmUpCount = warmUpCount
        self.profiles = profiles
    }

    /// Measures; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: The ranks.
    ///   - progress: Called after each step, with the number of steps done and of all.
    /// - Returns: The measurement, on every rank the same.
    /// - Throws: `AgreedFailure`, the same on every rank.
    public func run(
        _ communicator: any Communicator, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Result {
        let plan = try communicator.agreeing {
            let plan = try makePlan(rankCount: communicator.rankCount)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            return plan
        }
        let state = try SharedState(plan, communicator: communicator)
        if communicator.rank == 0 { state.model.initialize(seed: 1) }
        try state.publish()
        let step = try TrainingStep(plan, state: state)
        try step.prepare()
        let loader = try communicator.agreeing {
            // More steps than are made, so that loading goes on to the end as it does in a long run.
            try plan.loader(for: 0..<plan.lastStep + 3, state.team)
        }
        defer { loader.stop() }

        let timer = profiles ? LayerTimer(layerCount: step.layerNames.count) : nil
        let (nanoseconds, usage) = try measure(step, loader, plan, timer, progress)
        let profile = try timer.map { timer in
            try StepProfile(
                layers: step.layerNames, timer, usage.times, stepCount: stepCount,
                total: nanoseconds.reduce(0, +), communicator)
        }
        return try summary(communicator, nanoseconds, usage, profile)
    }

    /// Makes all steps.
    ///
    /// - Returns: The nanoseconds of each measured step, and what these used besides.
    private func measure(
        _ step: TrainingStep, _ loader: MicrobatchLoader, _ plan: TrainingPlan,
        _ timer: LayerTimer?, _ progress: (Int, Int) -> Void
    ) throws -> ([Int64], StepUsage) {
        var state = RunProgress()
        var nanoseconds: [Int64] = []
        nanoseconds.reserveCapacity(stepCount)
        var before = StepUsage(step, loader)
        for number in 0..<plan.lastStep {
            if number == warmUpCount {
                step.layerTimer = timer
                before = StepUsage(step, loader)
            }
            var duration = Duration.zero
            _ = try duration.measure { try step.run(state, loader: loader, control: []) }
            if number >= warmUpCount { nanoseconds.append(duration.nanoseconds) }
            state.step += 1
            let position = plan.sampler.position(afterSteps: state.step)
            (state.epoch, state.stepInEpoch) = (position.epoch, position.step)
            progress(number + 1, plan.lastStep)
        }
        return (nanoseconds, StepUsage(step, loader) - before)
    }

    private func summary(
        _ communicator: any Communicator, _ nanoseconds: [Int64], _ usage: StepUsage,
        _ profile: StepProfile?
    ) throws -> Result {
        var shares = [
            nanoseconds.reduce(0, +), usage.waited.nanoseconds,
            usage.times.communication.nanoseconds,
        ]
        try communicator.sum(&shares)
        var slowest = nanoseconds
        try slowest.withUnsafeMutableBufferPointer { try communicator.maximum($0) }
        let peak = try communicator.maximum(of: peakMemoryKiB())
        let minorFaults = try communicator.maximum(of: usage.faults.minor)
        let majorFaults = try communicator.maximum(of: usage.faults.major)
        return Result(
            model: model, ranks: communicator.rankCount, batch: batchSize, microbatch: microbatch,
            steps: stepCount, imagesPerSecond: Double(batchSize) / (median(slowest) * 1e-9),
            loaderPercent: 100 * Double(shares[1]) / Double(shares[0]),
            communicationPercent: 100 * Double(shares[2]) / Double(shares[0]),
            peakMemoryMiB: Double(peak) / 1024,
            minorFaultsPerStep: Double(minorFaults) / Double(stepCount),
            majorFaultsPerStep: Double(majorFaults) / Double(stepCount), profile: profile)
    }

    /// The size of the images on which a network is measured.
    ///
    /// - Parameter model: The network's name.
    /// - Returns: The size.
    public static func imageFormat(of model: String) -> ImageFormat {
        model == "mnist-cnn"
            ? ImageFormat(height: 28, width: 28, channels: 1)
            : ImageFormat(height: 32, width: 32, channels: 3)
    }

    private func makePlan(rankCount: Int) throws -> TrainingPlan {
        // All batches are full.
        let imageCount = batchSize * max(1, 10_000 / batchSize)
        let images = SyntheticImages(
            format: Self.imageFormat(of: model), classCount: 10, count: imageCount)
        let steps = warmUpCount + stepCount
        var overrides = RunConfigurationOverrides()
        for (key, text) in [
            (.model, model), (.batchSize, "\(batchSize)"), (.microbatch, "\(microbatch)"),
            (.optimizer, "sgd"), (.momentum, "0.9"), (.learningRate, "0.001"),
            (.convolution, convolution.rawValue), (.reduction, reduction.rawValue),
            (.schedule, "constant"),
            (.preprocess, preprocess.configurationText), (.augment, augment.configurationText),
            (.maxSteps, "\(steps)"),
            (.epochs, "\(steps * batchSize / imageCount + 1)"),
        ] as [(ConfigurationKey, String)] {
            try overrides.set(key, to: text)
        }
        return try TrainingPlan(
            RunConfiguration.resolved(overrides, dataset: .builtin),
            data: RunData(name: .builtin, training: images, validation: images),
            rankCount: rankCount)
    }
}

/// The median; of an even number the mean of the two in the middle.
private func median(_ values: [Int64]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
        ? Double(sorted[middle - 1] + sorted[middle]) / 2 : Double(sorted[middle])
}

/// The most memory that the process ever had in use, in KiB; 0 where the system does not tell.
func peakMemoryKiB() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return 0 }
    return Int(line.filter(\.isNumber)) ?? 0
}
