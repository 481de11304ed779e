import Communication
import Datasets
import Kernels
import Trees

/// Everything that a run is made of, resolved: what stands in its `config.yml`.
///
/// The defaults that do not depend on the model stand here; those that do are in `Recipe`.
public struct RunConfiguration: Codable, Hashable, Sendable {
    /// The keys in files.
    public typealias CodingKeys = ConfigurationKey

    /// The data set; never `auto` in a run that has begun.
    public var dataset: DatasetName
    /// The folder with the data sets' files.
    public var data = Self.defaultData
    /// The column of a table that is to be predicted, by name or number; nil for images.
    public var label: String?
    /// What is learned from a table; nil for images.
    public var task: TableTask?
    /// The file with the rows to measure with; nil to split them off the table.
    public var testFile: String?
    /// The share of a table's rows that is split off to measure with; nil if there is no split.
    public var testFraction: Double?
    /// What the split is computed from; nil if there is none.
    public var splitSeed: UInt64?
    /// What stands between a table's cells; nil if it is found out.
    public var delimiter: String?
    /// Whether a table's first line holds names; nil if it is found out.
    public var header: Bool?
    /// Types of a table's columns as `COLUMN=TYPE`, in place of those found out.
    public var columnTypes: [String]?
    /// Cells of a table that stand for a missing value; nil for the usual ones.
    public var missing: [String]?
    /// The model, by its name in `modelNames`.
    public var model: String
    /// The lengths of the hidden layers, for a network that has such.
    public var hidden: HiddenLayers?
    /// The number of random Fourier features, for a network that has such.
    public var kernelFeatures: Int?
    /// γ of the kernel, for a network that has one.
    public var kernelGamma: KernelGamma?
    /// What makes a split of trees good; nil for networks.
    public var criterion: TreeCriterion?
    /// The number of trees; nil for networks.
    public var trees: Int?
    /// The most splits from root to leaf; nil for no limit.
    public var maxDepth: Int?
    /// The fewest rows of a node that is split; nil for networks.
    public var minSamplesSplit: Int?
    /// The fewest rows of a leaf; nil for networks.
    public var minSamplesLeaf: Int?
    /// The features from which each split is chosen; nil for networks.
    public var maxFeatures: FeatureShare?
    /// Passes over the training images; schedules run over all of them.
    public var epochs: Int
    /// The step after which the run ends at the latest; schedules do not depend on it.
    public var maxSteps: Int?
    /// The time after which the run writes a checkpoint and asks to be submitted again.
    public var maxTime: TimeSpan?
    /// The iterations after which a batch optimizer ends at the latest.
    public var maxIterations = 1000
    /// A batch optimizer ends where no element of the gradient is larger.
    public var gradientTolerance = 1e-6
    /// Images of an optimizer step over all ranks; all of them for a batch optimizer.
    public var batchSize = 512
    /// Images of one forward and backward pass; min(64, batch size) where not given.
    public var microbatch = 64
    /// The optimizer, by its name in `OptimizerCatalog` or `BatchOptimizerCatalog`.
    public var optimizer: String
    /// The learning rate: the first of most schedules, the highest of one-cycle.
    public var learningRate: Double
    /// The optimizer's setting; nil for its default.
    public var momentum: Double?
    /// The optimizer's setting; nil for its default.
    public var nesterov: Bool?
    /// The optimizer's setting; nil for its default.
    public var beta1: Double?
    /// The optimizer's setting; nil for its default.
    public var beta2: Double?
    /// The optimizer's setting; nil for its default.
    public var epsilon: Double?
    /// The optimizer's setting; nil for its default.
    public var alpha: Double?
    /// The optimizer's setting; nil for its default.
    public var centered: Bool?
    /// The optimizer's setting; nil for its default.
    public var trustCoefficient: Double?
    /// The weight decay.
    public var weightDecay: Double
    /// The schedule, by its name in `ScheduleCatalog`.
    public var schedule: String
    /// Epochs in which the learning rate rises before the schedule begins.
    public var warmupEpochs = 0.0
    /// Where cosine and linear end.
    public var finalLearningRate = 0.0
    /// Epochs after which the step schedule lowers the rate, again and again.
    public var dropEpochs = 30
    /// The factor of each drop.
    public var gamma = 0.1
    /// The share of the steps in which one-cycle raises the rate.
    public var risingShare = 0.3
    /// The loss.
    public var loss = LossName.crossEntropy
    /// How much of the target is spread evenly over all classes.
    public var labelSmoothing = 0.0
    /// The factor of the sum of the weights' absolute values in the loss; nil for none.
    public var l1Penalty: Double?
    /// Twice the factor of the sum of the weights' squares in the loss; nil for none.
    public var l2Penalty: Double?
    /// What is done to all images before anything else, in the words of `Preprocessing`; `none` for
    /// nothing.
    public var preprocess = ["none"]
    /// Random changes of the training images, in the words of `Augmentation`; `none` for no change.
    public var augment: [String]
    /// How pixels become numbers.
    public var normalization = NormalizationName.dataset
    /// What the norm of the mean gradient is limited to; nil for no limit.
    public var gradientClip: Double?
    /// What is done about a step whose loss or gradient is NaN or infinite.
    public var onNan = BadNumberPolicy.stop
    /// Epochs without improvement after which the run ends; nil for no such end.
    public var earlyStoppingPatience: Int?
    /// What epochs are compared by, for early stopping and the best checkpoint.
    public var monitor = "val_accuracy"
    /// What is measured on the validation samples besides loss and accuracy, by the names in
    /// `MetricCatalog`; `none` for nothing.
    public var metrics: [String] = ["top5_accuracy"]
    /// What all random numbers are computed from.
    public var seed: UInt64 = 1
    /// The run directory.
    public var output: String
    /// Whether the run goes on with what another one left.
    public var resume = ResumeChoice.never
    /// How often a checkpoint is written.
    public var checkpointEvery = CheckpointInterval.epochs(1)
    /// A second name of each epoch's checkpoint, such as `{epoch:02}-{val_accuracy:.2f}`.
    public var checkpointName: String?
    /// How many checkpoints are kept besides the best and the last.
    public var keep = 3
    /// Every so many steps are logged.
    public var logEvery = 10
    /// After how many steps the weights in the memory of all hosts are checked; they are too before
    /// each checkpoint.
    public var sentinelEvery = 100
    /// Threads that load images, on each rank.
    public var loaderThreads = 1
    /// The precision of the arithmetic.
    public var precision = Precision.float32
    /// How gradients are added over microbatches and ranks.
    public var reduction = ReductionMethod.tree
    /// How convolutions are computed in training.
    public var convolution = ConvolutionMethod.automatic

    /// Where data sets are looked for.
    public static let defaultData = "data"
}
