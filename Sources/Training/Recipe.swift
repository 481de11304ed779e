import Datasets

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
        }
    }

    let model: String
    let datasets: [DatasetName]
    let epochs: Int
    let optimizer: String
    let learningRate: Double
    var momentum: Double?
    var nesterov: Bool?
    var weightDecay = 0.0
    let schedule: String
    var warmupEpochs = 0.0
    var labelSmoothing = 0.0
    let augment: [String]

    /// All recipes, the first that fits is taken; a new one is a row here.
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
    /// - Returns: The recipe.
    static func find(model: String, dataset: DatasetName) -> Recipe {
        all.first { $0.model == model && $0.datasets.contains(dataset) }
            ?? Recipe(
                model: model, datasets: [dataset], epochs: 10, optimizer: "adam",
                learningRate: 1e-3, schedule: "cosine", augment: ["none"])
    }
}
