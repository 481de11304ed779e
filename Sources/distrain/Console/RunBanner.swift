import Datasets
import Diagnostics
import Kernels
import Training

/// What a run is, in a few lines at its beginning.
struct RunBanner {
    /// The lines.
    let text: String

    /// Describes a run.
    ///
    /// - Parameter start: What the run is.
    init(_ start: RunStart) {
        let configuration = start.configuration
        let ranks = start.rankCount.counted("rank")
        let hosts = start.hostCount.counted("host")
        let parameters =
            configuration.trees == nil ? " (\(start.parameterCount.grouped) parameters)" : ""
        var lines = [
            """
            \(configuration.model)\(parameters) on \(configuration.dataset.rawValue): \
            \(start.trainingImageCount.grouped) training \(configuration.sampleNoun), \
            \(start.validationImageCount.grouped) for validation
            """,
            "\(ranks) on \(hosts), \(Self.work(start))",
            """
            OpenBLAS for \(BLASLibrary.coreType), vectors for \(Vectors.instructionSet.rawValue), \
            \((start.memoryByteCount >> 20).grouped) MiB a rank
            """,
            "run directory: \(configuration.output)",
        ]
        if let folder = start.resumedFrom {
            lines.append("going on after step \(start.resumedStep.grouped) from \(folder)")
        }
        text = lines.joined(separator: "\n")
    }

    private static func work(_ start: RunStart) -> String {
        let configuration = start.configuration
        guard configuration.trees == nil else { return trees(configuration) }
        guard !configuration.usesBatchOptimizer else {
            return """
                all \(configuration.sampleNoun) at once in microbatches of \
                \(configuration.microbatch.grouped), \(configuration.optimizer), at most \
                \(start.totalSteps.counted("iteration"))
                """
        }
        return """
            batches of \(configuration.batchSize.grouped) in microbatches of \
            \(configuration.microbatch.grouped), \(configuration.epochs.counted("epoch")) of \
            \(start.stepsPerEpoch.counted("step")), \(configuration.optimizer), \
            \(configuration.schedule)
            """
    }

    private static func trees(_ configuration: RunConfiguration) -> String {
        let criterion = configuration.criterion.map { ", \($0.rawValue)" } ?? ""
        let depth = configuration.maxDepth.map { "depth \($0) at most" } ?? "any depth"
        return "\((configuration.trees ?? 1).counted("tree")) of \(depth)\(criterion)"
    }
}

extension RunConfiguration {
    /// What samples are called.
    var sampleNoun: String { dataset.sampleNoun }
}

extension DatasetName {
    /// What samples are called: rows of a table, or images.
    var sampleNoun: String { isTable ? "rows" : "images" }
}
