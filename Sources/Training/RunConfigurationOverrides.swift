import Communication
import Datasets
import Diagnostics
import Kernels
import Trees

/// What a user asks for: any part of a configuration, from a file or from flags.
public struct RunConfigurationOverrides: Hashable, Sendable {
    // Each property has the meaning of the property of the same name in `RunConfiguration`.
    var dataset: DatasetName?
    var data: String?
    var label: String?
    var task: TableTask?
    var testFile: String?
    var testFraction: Double?
    var splitSeed: UInt64?
    var delimiter: String?
    var header: Bool?
    var columnTypes: [String]?
    var missing: [String]?
    var model: String?
    var hidden: HiddenLayers?
    var kernelFeatures: Int?
    var kernelGamma: KernelGamma?
    var criterion: TreeCriterion?
    var trees: Int?
    var maxDepth: Int?
    var minSamplesSplit: Int?
    var minSamplesLeaf: Int?
    var maxFeatures: FeatureShare?
    var epochs: Int?
    var maxSteps: Int?
    var maxTime: TimeSpan?
    var maxIterations: Int?
    var gradientTolerance: Double?
    var batchSize: Int?
    var microbatch: Int?
    var optimizer: String?
    var learningRate: Double?
    var momentum: Double?
    var nesterov: Bool?
    var beta1: Double?
    var beta2: Double?
    var epsilon: Double?
    var alpha: Double?
    var centered: Bool?
    var trustCoefficient: Double?
    var weightDecay: Double?
    var schedule: String?
    var warmupEpochs: Double?
    var finalLearningRate: Double?
    var dropEpochs: Int?
    var gamma: Double?
    var risingShare: Double?
    var loss: LossName?
    var labelSmoothing: Double?
    var l1Penalty: Double?
    var l2Penalty: Double?
    var preprocess: [String]?
    var augment: [String]?
    var normalization: NormalizationName?
    var gradientClip: Double?
    var onNan: BadNumberPolicy?
    var earlyStoppingPatience: Int?
    var monitor: String?
    var metrics: [String]?
    var seed: UInt64?
    var output: String?
    var resume: ResumeChoice?
    var checkpointEvery: CheckpointInterval?
    var checkpointName: String?
    var keep: Int?
    var logEvery: Int?
    var sentinelEvery: Int?
    var loaderThreads: Int?
    var precision: Precision?
    var reduction: ReductionMethod?
    var convolution: ConvolutionMethod?

    /// Asks for nothing.
    public init() {}

    /// Asks for what a configuration says, as far as it means something.
    ///
    /// - Parameter configuration: The configuration.
    package init(_ configuration: RunConfiguration) {
        for key in ConfigurationKey.allCases
        where configuration.meaninglessness(of: key) == nil {
            ConfigurationField.of(key).ask(configuration, &self)
        }
    }

    /// Asks for a value, in place of what was asked for under the key before.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - text: What the user wrote; elements of a list with commas between them.
    ///   - subject: What messages call the place: a flag, or a key with file and line.
    /// - Throws: `Failure` with `usage` if the text is no value of the key.
    public mutating func set(
        _ key: ConfigurationKey, to text: String, in subject: String? = nil
    ) throws {
        try ConfigurationField.of(key).read(text, subject ?? key.flag, &self)
    }

    /// The text of what is asked for under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: The text, or nil if nothing is asked for.
    public func text(of key: ConfigurationKey) -> String? {
        ConfigurationField.of(key).givenText(self)
    }

    /// The keys under which something is asked for.
    public var givenKeys: [ConfigurationKey] {
        ConfigurationKey.allCases.filter { text(of: $0) != nil }
    }

    /// What is asked for here or else there: flags win over a file.
    ///
    /// - Parameter other: What counts less.
    /// - Returns: Both together.
    public func merged(over other: RunConfigurationOverrides) -> RunConfigurationOverrides {
        var result = other
        for key in ConfigurationKey.allCases { ConfigurationField.of(key).copy(self, &result) }
        return result
    }
}
