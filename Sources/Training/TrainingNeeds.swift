import Communication
import Datasets
import Diagnostics
import Layers
import Optimizers

/// The memory and the exchange that a training run will ask for, known before it begins.
public struct TrainingNeeds: Codable, Hashable, Sendable {
    /// The network's name.
    public var model = ""
    /// Images of a step over all ranks.
    public var batchSize = 0
    /// Images of a forward and backward pass.
    public var microbatch = 0
    /// The run directory.
    public var output = ""
    /// Bytes that the ranks of a host have once: parameters, optimizer and what is prepared of them.
    public var hostByteCount = 0
    /// Bytes that each rank adds to the memory that its host's ranks share: gradients.
    public var sharedRankByteCount = 0
    /// Bytes that each rank has for itself: activations, images, the program.
    public var ownRankByteCount = 0
    /// Bytes that the first rank alone has: a copy of what checkpoints hold.
    public var copyByteCount = 0
    /// Bytes of the gradients, which hosts exchange in each step.
    public var gradientByteCount = 0
    /// Bytes of all checkpoints that are there at once.
    public var checkpointsByteCount = 0

    /// The program with its libraries, before it has allocated anything: measured.
    private static let programByteCount = 32 << 20
    /// More than the flags by which ranks of a host wait for each other take.
    private static let flagsByteCount = 1 << 16

    /// Nothing known yet.
    public init() {}

    /// Works out what a run needs, without the files of a data set of images.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - rankCount: The number of ranks.
    /// - Throws: `Failure` with `usage` if the configuration is wrong, with `badLaunch` if there are
    ///   more ranks than microbatches, with `badData` if a table is wrong.
    public init(_ overrides: RunConfigurationOverrides, rankCount: Int) throws {
        let data = try Self.data(overrides)
        let configuration = try RunConfiguration.resolved(overrides, for: data)
        if TreeChoice(configuration) != nil {
            self.init(try TreePlan(configuration, data: data), rankCount: rankCount)
            return
        }
        try self.init(
            TrainingPlan(configuration, data: data, rankCount: rankCount), rankCount: rankCount)
    }

    /// Works out what a run needs.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - rankCount: The number of ranks.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    init(_ plan: TrainingPlan, rankCount: Int) throws {
        let configuration = plan.configuration
        let counts = try SharedFloatCounts(plan, rankCount: rankCount)
        model = configuration.model
        batchSize = configuration.batchSize
        microbatch = configuration.microbatch
        output = configuration.output
        let layout = counts.layout
        let checkpointByteCount =
            4 * (layout.slabCount + layout.statisticsCount + counts.slotCount)
        hostByteCount = Self.wholeHugePages(counts.byteCounts.shared + Self.flagsByteCount)
        sharedRankByteCount = Self.wholeHugePages(counts.byteCounts.member)
        ownRankByteCount = try Self.ownByteCount(plan, layout: layout, rankCount: rankCount)
        gradientByteCount = 4 * counts.slabCount
        copyByteCount = checkpointByteCount
        // Those that are kept, the best, the last, and the one that is being written.
        checkpointsByteCount = checkpointByteCount * (configuration.keep + 3)
    }

    /// Works out what a run that grows trees needs; the size of its trees is not known before.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - rankCount: The number of ranks.
    init(_ plan: TreePlan, rankCount: Int) {
        model = plan.configuration.model
        batchSize = plan.training.rowCount
        output = plan.configuration.output
        ownRankByteCount = Self.programByteCount + plan.byteCount(rankCount: rankCount)
    }

    /// A table as it is, or made up images of the format of the data set.
    private static func data(_ overrides: RunConfigurationOverrides) throws -> RunData {
        let dataset = overrides.dataset.map { $0 == .auto ? .cifar10 : $0 } ?? .cifar10
        if case .csv = dataset {
            do {
                return try RunData.open(overrides, communicator: SingleProcessCommunicator())
            } catch let agreed as AgreedFailure {
                throw agreed.entries[0].failure
            }
        }
        let images = AnnouncedImages(
            format: dataset.imageFormat, count: dataset.trainingImageCount)
        return RunData(name: dataset, training: images, validation: images)
    }

    /// Bytes that a host gives to its ranks, with the copy of rank 0.
    ///
    /// - Parameter rankCount: The number of ranks on the host.
    /// - Returns: The bytes.
    public func byteCount(ranksOnHost rankCount: Int) -> Int {
        hostByteCount + copyByteCount + rankCount * (sharedRankByteCount + ownRankByteCount)
    }

    /// Refuses what this host could never hold.
    ///
    /// - Parameters:
    ///   - rankCount: The number of ranks on the host.
    ///   - more: Bytes that each of them needs besides, as is known by now.
    /// - Throws: `Failure` with `badLaunch`.
    func requireMemory(ranksOnHost rankCount: Int, more: Int = 0) throws {
        try MemoryLimit.require(
            byteCount(ranksOnHost: rankCount) + rankCount * more, for: "training \(model)",
            fix: lessMemory)
    }

    /// What makes less memory do; trees have no microbatches.
    public var lessMemory: String {
        let fewerRanks = "start fewer ranks on this host"
        return microbatch > 0
            ? "lower --microbatch (now \(microbatch)) or \(fewerRanks)" : fewerRanks
    }

    /// As much as `HostTeam` takes.
    private static func wholeHugePages(_ byteCount: Int) -> Int {
        (byteCount + (1 << 21) - 1) & ~((1 << 21) - 1)
    }

    private static func ownByteCount(
        _ plan: TrainingPlan, layout: ParameterLayout, rankCount: Int
    ) throws -> Int {
        let configuration = plan.configuration
        let microbatch = min(configuration.microbatch, plan.sampler.imageCount(inStep: 0))
        let training = try Network.memoryByteCount(
            of: plan.network, batch: microbatch, mode: .training)
        let validation = try Network.memoryByteCount(
            of: plan.network, batch: InferencePass.microbatchSize, mode: .inference)
        let microbatchCount = plan.sampler.microbatchCount(inStep: 0)
        let share = (microbatchCount + rankCount - 1) / rankCount
        let images =
            (2 * share + 1) * microbatch * plan.training.elementCount * 4
        let batch = BatchOptimizerCatalog.rule(named: configuration.optimizer)?.memoryByteCount(
            parameterCount: ParameterPacking(layout).count)
        let matrixPlan = OptimizerState.matrixPlan(plan.optimizer, layout: layout)
        let optimizer = (batch ?? 0) + 4 * (matrixPlan?.scratchCount ?? 0)
        return programByteCount + training + validation + images + optimizer
    }
}

extension DatasetName {
    /// The size of the data set's images.
    fileprivate var imageFormat: ImageFormat {
        switch self {
        case .mnist, .fashionMNIST: ImageFormat(height: 28, width: 28, channels: 1)
        case .auto, .cifar10, .builtin, .csv: ImageFormat(height: 32, width: 32, channels: 3)
        }
    }

    /// The number of the data set's training images.
    fileprivate var trainingImageCount: Int {
        switch self {
        case .mnist, .fashionMNIST: 60_000
        case .auto, .cifar10: 50_000
        case .builtin, .csv: 10_000
        }
    }
}

/// Images of which only size and number are known.
private struct AnnouncedImages: ImageSource {
    let name = "announced"
    let format: ImageFormat
    let layout = PixelLayout.interleaved
    let classNames = (0..<10).map { "class \($0)" }
    let count: Int
    let normalization = Normalization.symmetric

    func label(at index: Int) -> Int { preconditionFailure("a label of images without contents") }

    func pixels(at index: Int) -> UnsafePointer<UInt8> {
        preconditionFailure("pixels of images without contents")
    }
}
