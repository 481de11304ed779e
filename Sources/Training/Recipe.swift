import Datasets
import Optimizers

/// What suits a network on a data set, where the user says nothing.
public struct Recipe: Hashable, Sendable {
    /// The network that is trained where none is named.
    ///
    /// - Parameter dataset: The data set.
    /// - Returns: The network's name in `ModelCatalog`.
    public static func model(for dataset: DatasetName) -> String {
        switch dataset {
        case .mnist, .fashionMNIST: "mnist-cnn"
        case .cifar10, .builtin, .auto: "cifar-net"
        case .csv: "mlp"
        }
    }

    let model: String
    let datasets: [DatasetName]
    let epochs: Int
    let optimizer: String
    /// The optimizer where the loss is smooth and nothing is asked for that belongs to batches.
    var batchOptimizer: String?
    /// Where the batch optimizer ends.
    var gradientTolerance = 1e-6
    let learningRate: Double
    var momentum: Double?
    var nesterov: Bool?
    var weightDecay = 0.0
    let schedule: String
    var warmupEpochs = 0.0
    var labelSmoothing = 0.0
    let augment: [String]
    var loss = LossName.crossEntropy
    var l2Penalty: Double?
    var batchSize = 512
    var microbatch = 64
    var checkpointEvery = CheckpointInterval.epochs(1)

    /// All recipes for images, the first that fits is taken; a new one is a row here.
    private static let all: [Recipe] = [
        Recipe(
            model: "cifar-net", datasets: [.cifar10, .builtin], epochs: 10, optimizer: "sgd",
            learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4,
            schedule: "onecycle", augment: ["crop:4", "flip"]),
        Recipe(
            model: "resnet18", datasets: [.cifar10, .builtin], epochs: 30, optimizer: "sgd",
            learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 5e-4,
            schedule: "onecycle", augment: ["crop:4", "flip"]),
        Recipe(
            model: "mnist-cnn", datasets: [.mnist, .fashionMNIST], epochs: 10, optimizer: "adam",
            learningRate: 2e-3, schedule: "onecycle", augment: ["none"]),
    ]

    /// The recipe for a network on a data set; a cautious one where none was worked out.
    ///
    /// - Parameters:
    ///   - model: The network's name.
    ///   - dataset: The data set.
    ///   - traits: What is known of its samples; needed for tables.
    /// - Returns: The recipe.
    static func find(model: String, dataset: DatasetName, traits: DataTraits?) -> Recipe {
        if let traits, case .csv = dataset { return table(model, dataset, traits) }
        var recipe =
            all.first { $0.model == model && $0.datasets.contains(dataset) }
            ?? Recipe(
                model: model, datasets: [dataset], epochs: 10, optimizer: "adam",
                learningRate: 1e-3, schedule: "cosine", augment: ["none"])
        recipe.loss = loss(ofModel: model, task: .classification)
        return recipe
    }
}

/// Recipes for tables, which come in all sizes: the size decides on batches and epochs.
extension Recipe {
    /// Steps that a training on a small table has at least, about.
    private static let stepCount = 3000
    /// Their minimum is what users expect, and some dozens of passes over the table reach it.
    private static let linearModels = ["linear-regression", "logistic-regression", "linear-svm"]
    /// Where test scores have settled: a further digit is costly and seen in coefficients alone.
    private static let relativeTolerance = 1e-5
    /// Without a penalty they have no minimum where the classes can be separated.
    ///
    /// This one is scikit-learn's, C = 1.
    private static let penalizedModels = ["logistic-regression", "linear-svm", "svm"]

    private static func table(
        _ model: String, _ dataset: DatasetName, _ traits: DataTraits
    ) -> Recipe {
        // A power of two, of which four microbatches can be made, up to a quarter of the rows.
        var batchSize = 4
        while batchSize < 128 && 8 * batchSize <= traits.trainingCount { batchSize *= 2 }
        let stepsPerEpoch = (traits.trainingCount + batchSize - 1) / batchSize
        let epochs = min(300, max(20, stepCount / stepsPerEpoch))
        return Recipe(
            model: model, datasets: [dataset], epochs: epochs, optimizer: "adam",
            batchOptimizer: linearModels.contains(model) ? LBFGS.name : nil,
            gradientTolerance: relativeTolerance * traits.labelDeviation,
            learningRate: model == "mlp" ? 3e-3 : 1e-2, schedule: "cosine", augment: ["none"],
            loss: loss(ofModel: model, task: traits.task),
            l2Penalty: penalizedModels.contains(model) ? 1 / Double(traits.trainingCount) : nil,
            batchSize: batchSize, microbatch: batchSize / 4,
            checkpointEvery: .epochs(max(1, epochs / 10)))
    }

    /// What a network is trained with on labels of some kind.
    private static func loss(ofModel model: String, task: TableTask) -> LossName {
        switch (model, task) {
        case (_, .regression), ("linear-regression", _): .meanSquaredError
        case ("logistic-regression", _): .logistic
        case ("linear-svm", _), ("svm", _): .squaredHinge
        default: .crossEntropy
        }
    }

    /// What a network is for, if that does not depend on the labels.
    ///
    /// - Parameter model: The network's name.
    /// - Returns: The task, or nil for networks that are good for both.
    static func task(ofModel model: String) -> TableTask? {
        switch model {
        case "linear-regression": .regression
        case "logistic-regression", "linear-svm", "svm": .classification
        default: nil
        }
    }
}

/// What recipes have to know of the samples of a table.
struct DataTraits {
    /// What the label is.
    let task: TableTask
    /// The number of training rows.
    let trainingCount: Int
    /// The standard deviation of the training labels, with which gradients grow; 1 for classes.
    let labelDeviation: Double

    /// Looks at the samples of a run.
    ///
    /// - Parameter data: The samples.
    init(_ data: RunData) {
        task = data.training.classNames.isEmpty ? .regression : .classification
        trainingCount = data.training.count
        labelDeviation = data.labelMoments?.deviation ?? 1
    }
}

extension RunData {
    /// Mean and standard deviation of the training labels; nil if they are classes.
    var labelMoments: (mean: Double, deviation: Double)? {
        guard case .table(let rows, _, _) = samples, rows.classNames.isEmpty else { return nil }
        let values = (0..<rows.rowCount).map { Double(rows.target(at: $0)) }
        let count = Double(max(1, values.count))
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / count).squareRoot())
    }
}
