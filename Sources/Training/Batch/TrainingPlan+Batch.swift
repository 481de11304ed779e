import Communication
import Datasets
import Diagnostics
import Glibc
import Layers
import Optimizers

extension TrainingPlan {
    /// The sums of a linear model on a table, in Double; nil for other networks, on whose passes in
    /// Float sums are then made.
    var linearSums: LinearSums? {
        guard let table = training as? EncodedTable, let loss = DoubleLoss(configuration.loss),
            let layout = try? Network.Sizes(network, mode: .inference).layout,
            layout.parameters.map(\.name) == ["linear.weight", "linear.bias"],
            configuration.labelSmoothing == 0
        else { return nil }
        return LinearSums(table, loss: loss, outputCount: layout.parameters[1].shape[0])
    }

    /// Checks what a batch optimizer cannot do.
    ///
    /// - Parameters:
    ///   - layout: The network's parameters.
    ///   - ranksOfHost: The ranks that share this host's memory.
    /// - Throws: `Failure` with `usage`.
    func checkBatchOptimizer(_ layout: ParameterLayout, ranksOfHost: Int) throws {
        guard let rule = BatchOptimizerCatalog.rule(named: configuration.optimizer) else { return }
        if layout.statisticsCount > 0 {
            throw Failure(
                .usage, in: "--optimizer",
                expected: "one that goes in small batches, as \(configuration.model) has running "
                    + "statistics", found: rule.name, fix: "use sgd")
        }
        let count = ParameterPacking(layout).count
        let needed = rule.memoryByteCount(parameterCount: count)
        // Half of it, as there are the data and other programs.
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2
        let share = memory / max(1, ranksOfHost)
        guard needed <= share else {
            throw Failure(
                .usage, in: "--optimizer",
                expected: "at most \((share >> 20).grouped) MiB of memory for it on each rank",
                found: "\(rule.name) of \(count.grouped) parameters needs "
                    + "\((needed >> 20).grouped) MiB",
                fix: "use lbfgs")
        }
    }

    /// The batch optimizer: at the parameters as they are, or as the checkpoint says, of which rank 0
    /// alone knows.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - state: The parameters, and on rank 0 the state that was read.
    ///   - packing: The order of the parameters.
    ///   - valueNoise: The rounding error of the objective.
    ///   - communicator: All ranks.
    /// - Returns: The optimizer.
    /// - Throws: `Failure` with `badData` if the state does not fit.
    func batchOptimizer(
        _ state: SharedState, packing: ParameterPacking, valueNoise: Double,
        _ communicator: any Communicator
    ) throws -> BatchOptimizer {
        let limits = BatchLimits(
            maxIterations: configuration.maxIterations,
            gradientTolerance: configuration.gradientTolerance, valueNoise: valueNoise)
        let kinks =
            penalty.l1 > 0
            ? AbsolutePenalty(factor: penalty.l1, ranges: packing.weightRanges) : nil
        guard let stored = try communicator.stateFromRankZero(state.optimizer.batch) else {
            guard let rule = BatchOptimizerCatalog.rule(named: configuration.optimizer) else {
                preconditionFailure("\(configuration.optimizer) is no batch optimizer")
            }
            return BatchOptimizer(
                rule, from: packing.vector(state.model.parameters.base), limits, penalty: kinks)
        }
        return try communicator.agreeing {
            let optimizer = try BatchOptimizer(resuming: stored, limits, penalty: kinks)
            guard optimizer.point.count == packing.count, stored.method == configuration.optimizer
            else {
                throw Failure(
                    .badData, in: "state of \(stored.method)",
                    expected: "\(configuration.optimizer) of \(packing.count.grouped) parameters",
                    found: optimizer.point.count.grouped)
            }
            return optimizer
        }
    }
}

extension Communicator {
    /// Gives all ranks the state that rank 0 has, if it has one; every rank has to call it.
    fileprivate func stateFromRankZero(_ state: BatchState?) throws -> BatchState? {
        let names = state?.vectors.keys.sorted() ?? []
        let lengths = names.map { state?.vectors[$0]?.count ?? 0 }
        var frame = state
        frame?.vectors = [:]
        let header = try fromRankZero { [frame] in
            BatchStateHeader(frame: frame, names: names, lengths: lengths)
        }
        guard var result = header.frame else { return nil }
        for (name, length) in zip(header.names, header.lengths) {
            var vector = state?.vectors[name] ?? Array(repeating: 0, count: length)
            try vector.withUnsafeMutableBytes { try broadcast($0, from: 0) }
            result.vectors[name] = vector
        }
        return result
    }
}

/// A state without its vectors, and which they are.
private struct BatchStateHeader: Codable {
    let frame: BatchState?
    let names: [String]
    let lengths: [Int]
}
