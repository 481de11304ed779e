import Diagnostics
import Layers
import Trees

/// The models that are made of trees, by the names under which they are chosen.
enum TreeChoice: String, CaseIterable, Sendable {
    /// One tree.
    case decisionTree = "decision-tree"
    /// Trees on bootstraps of the rows, whose predictions are averaged.
    case randomForest = "random-forest"

    /// The model that a configuration chooses; nil for a network.
    init?(_ configuration: RunConfiguration) { self.init(rawValue: configuration.model) }

    /// The trees that grow where nobody says how many.
    var usualTreeCount: Int { self == .decisionTree ? 1 : 100 }
}

extension RunConfiguration {
    /// Whether a run that has ended can go on to more trees.
    public var canGrowMoreTrees: Bool { TreeChoice(self) == .randomForest }
}

/// From how many features the split of a node is chosen.
public enum FeatureShare: Hashable, Sendable, Codable, CodableAsText {
    /// All of them.
    case all
    /// The square root of their number.
    case squareRoot
    /// The logarithm of their number to base 2.
    case logarithm
    /// So many.
    case count(Int)

    /// What messages say a text has to be.
    public static var expectation: String { "all, sqrt, log2 or a number from 1" }

    /// Reads a value.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) {
        switch text {
        case "all": self = .all
        case "sqrt": self = .squareRoot
        case "log2": self = .logarithm
        default:
            guard let count = Int(text), count >= 1 else { return nil }
            self = .count(count)
        }
    }

    /// The value as a user would write it.
    public var configurationText: String {
        switch self {
        case .all: "all"
        case .squareRoot: "sqrt"
        case .logarithm: "log2"
        case .count(let count): String(count)
        }
    }

    /// The number of features of so many; nil for all.
    func count(of featureCount: Int) -> Int? {
        switch self {
        case .all: nil
        case .squareRoot: max(1, Int(Double(featureCount).squareRoot()))
        case .logarithm: max(1, Int.bitWidth - 1 - featureCount.leadingZeroBitCount)
        case .count(let count): min(count, featureCount)
        }
    }
}

extension TreeCriterion: ConfigurationChoice {}

extension LossName {
    /// What trees are measured with.
    ///
    /// - Parameter classCount: The number of classes; 0 for numbers.
    /// - Returns: The loss.
    static func ofTrees(classCount: Int) -> LossName {
        classCount == 0 ? .meanSquaredError : .crossEntropy
    }
}
