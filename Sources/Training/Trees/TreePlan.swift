import Communication
import Datasets
import Diagnostics
import Randomness
import Trees

/// Everything that follows from the configuration and the data of a run that grows trees.
struct TreePlan {
    let configuration: RunConfiguration
    let model: ModelDescription
    let training: EncodedTable
    let validation: EncodedTable
    let settings: TreeSettings
    /// The number of trees.
    let treeCount: Int
    private let choice: TreeChoice

    /// Works out the plan.
    ///
    /// - Parameters:
    ///   - configuration: The run, which has trees.
    ///   - data: Its samples.
    /// - Throws: `Failure` with `usage` if the model does not fit the data.
    init(_ configuration: RunConfiguration, data: RunData) throws {
        self.configuration = configuration
        guard let choice = TreeChoice(configuration),
            case .table(let training, let validation, _) = data.samples
        else {
            throw Failure(
                .usage, in: "--model", expected: "a network, as there are images",
                found: configuration.model, fix: "give a table with --dataset csv:FILE")
        }
        self.choice = choice
        (self.training, self.validation) = (training, validation)
        model = try ModelDescription(configuration, data: data)
        treeCount = configuration.trees ?? choice.usualTreeCount
        settings = TreeSettings(
            criterion: configuration.criterion
                ?? (training.classNames.isEmpty ? .squaredError : .gini),
            maxDepth: configuration.maxDepth,
            minSamplesSplit: configuration.minSamplesSplit ?? 2,
            minSamplesLeaf: configuration.minSamplesLeaf ?? 1,
            maxFeatures: configuration.maxFeatures?.count(of: training.featureCount))
    }

    /// The plan on all ranks, if their memory suffices for it; every rank has to call it.
    ///
    /// - Parameters:
    ///   - configuration: The run, which has trees.
    ///   - data: Its samples.
    ///   - communicator: Its ranks.
    /// - Returns: The plan.
    /// - Throws: `AgreedFailure`, the same on every rank.
    static func agreed(
        _ configuration: RunConfiguration, data: RunData, communicator: any Communicator
    ) throws -> TreePlan {
        try communicator.agreeing {
            let plan = try TreePlan(configuration, data: data)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            return plan
        }
    }

    /// The training rows as trees see them; every rank has to call it.
    func binnedRows(_ ranks: TreeRanks) throws -> BinnedRows {
        let rows = 0..<training.rowCount
        let targets: TreeTargets =
            training.classNames.isEmpty
            ? .numbers(rows.map { training.target(at: $0) })
            : .classes(
                rows.map { Int32(training.label(at: $0)) }, count: training.classNames.count)
        return try BinnedRows(
            features: training.features(at: 0), featureCount: training.featureCount,
            targets: targets, ranks: ranks)
    }

    /// Bytes that a rank needs: all rows as floats, its own as codes with their targets and places,
    /// and twice the keys of a feature, by which its bins are found.
    func byteCount(rankCount: Int) -> Int {
        let all = training.rowCount + validation.rowCount
        let own = (training.rowCount + rankCount - 1) / rankCount
        return 4 * all * (training.featureCount + 1) + own * (2 * training.featureCount + 24)
            + 8 * training.rowCount
    }

    /// What the random choices of a tree are computed from.
    func key(ofTree number: Int) -> RandomKey {
        RandomKey(seed: configuration.seed).derived("tree").derived(number)
    }

    /// How often rows count for a tree.
    func weights(ofTree number: Int) -> RowWeights {
        choice == .decisionTree ? .equal : .bootstrap(key(ofTree: number).derived("bootstrap"))
    }
}
