import ArgumentParser
import Trees

/// How decision trees and random forests grow.
struct TreeFlags: ConfigurationFlags {
    @Option(
        help: ArgumentHelp(
            "What makes a split good: \(TreeCriterion.allCases.map(\.rawValue).joined(separator: ", "))"
                + "; gini for classes, squared-error for numbers if not given.",
            valueName: "name"))
    var criterion: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The trees of a random-forest; 100 if not given.", valueName: "n"))
    var trees: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most splits from root to leaf; no limit if not given.", valueName: "n"))
    var maxDepth: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The fewest rows of a node that is split; 2 if not given.", valueName: "n"))
    var minSamplesSplit: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The fewest rows of a leaf; 1 if not given.", valueName: "n"))
    var minSamplesLeaf: String?

    @Option(
        help: ArgumentHelp(
            "The features from which each split is chosen, drawn anew: all, sqrt, log2 or a number; "
                + "sqrt for the classes of a forest, else all if not given.",
            valueName: "n"))
    var maxFeatures: String?
}
