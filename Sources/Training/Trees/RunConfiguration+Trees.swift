import Diagnostics
import Trees

extension RunConfiguration {
    /// Chooses what nobody chose of a tree model.
    ///
    /// - Parameter overrides: What the user asks for.
    mutating func completeTrees(_ overrides: RunConfigurationOverrides) {
        guard let choice = TreeChoice(self) else { return }
        let isRegression = task == .regression
        criterion = criterion ?? (isRegression ? .squaredError : .gini)
        trees = trees ?? choice.usualTreeCount
        minSamplesSplit = minSamplesSplit ?? 2
        minSamplesLeaf = minSamplesLeaf ?? 1
        maxFeatures =
            maxFeatures ?? (choice == .randomForest && !isRegression ? .squareRoot : .all)
        epochs = max(1, trees ?? 1)
        if overrides.checkpointEvery == nil { checkpointEvery = .epochs(max(1, epochs / 10)) }
    }

    /// Checks the settings of trees.
    ///
    /// - Throws: `Failure` with `usage` that names the key.
    func checkTrees() throws {
        guard let choice = TreeChoice(self) else { return }
        guard dataset.isTable else {
            throw Failure(
                .usage, in: "--model", expected: "a network, as \(dataset.rawValue) has images",
                found: model, fix: "give a table with --dataset csv:FILE, or another --model")
        }
        guard choice != .decisionTree || trees ?? 1 == 1 else {
            throw Failure(
                .usage, in: "--trees", expected: "1 for \(model)", found: "\(trees ?? 1)",
                fix: "name --model \(TreeChoice.randomForest.rawValue)")
        }
        if let minSamplesSplit, minSamplesSplit < 2 {
            throw Failure(
                .usage, in: ConfigurationKey.minSamplesSplit.flag, expected: "at least 2",
                found: "\(minSamplesSplit)")
        }
        guard let criterion, let task, criterion.isForClasses != (task == .classification) else {
            return
        }
        let fitting = TreeCriterion.allCases.filter { $0.isForClasses != criterion.isForClasses }
        throw Failure(
            .usage, in: ConfigurationKey.criterion.flag,
            expected: "\(fitting.map(\.rawValue).joined(separator: " or ")) for a \(task.rawValue)",
            found: criterion.rawValue, fix: "leave it out, or name another --label or --task")
    }
}
