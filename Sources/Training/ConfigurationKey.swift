import Diagnostics

/// The keys of a configuration file; with `-` for `_` they are the flags of the command line.
public enum ConfigurationKey: String, CodingKey, CaseIterable, Sendable {
    case dataset, data, label, task
    case testFile = "test_file"
    case testFraction = "test_fraction"
    case splitSeed = "split_seed"
    case delimiter, header
    case columnTypes = "column_types"
    case missing, model, hidden
    case kernelFeatures = "kernel_features"
    case kernelGamma = "kernel_gamma"
    case criterion, trees
    case maxDepth = "max_depth"
    case minSamplesSplit = "min_samples_split"
    case minSamplesLeaf = "min_samples_leaf"
    case maxFeatures = "max_features"
    case epochs
    case maxSteps = "max_steps"
    case maxTime = "max_time"
    case maxIterations = "max_iterations"
    case gradientTolerance = "gradient_tolerance"
    case batchSize = "batch_size"
    case microbatch, optimizer
    case learningRate = "learning_rate"
    case momentum, nesterov, beta1, beta2, epsilon, alpha, centered
    case trustCoefficient = "trust_coefficient"
    case weightDecay = "weight_decay"
    case schedule
    case warmupEpochs = "warmup_epochs"
    case finalLearningRate = "final_learning_rate"
    case dropEpochs = "drop_epochs"
    case gamma
    case risingShare = "rising_share"
    case loss
    case labelSmoothing = "label_smoothing"
    case l1Penalty = "l1_penalty"
    case l2Penalty = "l2_penalty"
    case preprocess, augment, normalization
    case gradientClip = "gradient_clip"
    case onNan = "on_nan"
    case earlyStoppingPatience = "early_stopping_patience"
    case monitor, metrics, seed, output, resume
    case checkpointEvery = "checkpoint_every"
    case checkpointName = "checkpoint_name"
    case keep
    case logEvery = "log_every"
    case sentinelEvery = "sentinel_every"
    case loaderThreads = "loader_threads"
    case precision, reduction, convolution

    /// The flag on the command line, such as `--batch-size`.
    public var flag: String { "--" + rawValue.replacing("_", with: "-") }

    /// Finds a key by its name in a configuration file.
    ///
    /// - Parameter name: Such as `batch_size`.
    /// - Throws: `Failure` with `usage` for an unknown name, naming the nearest known one.
    public init(named name: String) throws {
        guard let key = ConfigurationKey(rawValue: name) else {
            let nearest = Self.allCases.map(\.rawValue).nearest(to: name)
            throw Failure(
                .usage, in: name, found: "is no key of a configuration",
                fix: nearest.map { "did you mean \($0)?" })
        }
        self = key
    }

    /// Whether a resumed run may have another value than the run it goes on with: the key then
    /// changes where files are, what is written, how long it lasts, how it is computed or when it
    /// ends, but none of the numbers.
    public var mayChangeOnResume: Bool {
        switch self {
        case .data, .maxSteps, .maxTime, .maxIterations, .gradientTolerance, .metrics, .output,
            .resume, .checkpointEvery,
            .checkpointName, .keep, .logEvery, .sentinelEvery, .loaderThreads, .onNan:
            true
        default: false
        }
    }
}
