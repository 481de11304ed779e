import Datasets
import Diagnostics
import Optimizers

/// The checkpoint with which a run goes on.
package struct ResumePoint: Codable, Sendable {
    let path: String
    let state: CheckpointState

    /// Goes on with a checkpoint.
    package init(_ checkpoint: Checkpoint) {
        path = checkpoint.path
        state = checkpoint.state
    }

    /// Checks that a run can have come as far as the checkpoint says.
    ///
    /// - Parameter sampler: Cuts the run's epochs into steps.
    /// - Throws: `Failure` with `badData` if not.
    func check(_ sampler: Sampler) throws {
        try state.progress.check(sampler, path: path + "/" + Checkpoint.stateFile)
    }

    /// Reads the parameters, the running statistics and the optimizer's slots.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - optimizer: The optimizer.
    /// - Throws: `Failure` with `badData` if they are not those of the checkpoint's state.
    package func restore(_ model: Model, _ optimizer: OptimizerState) throws {
        try readValues(model, optimizer)
        try check(model)
    }

    /// Compares parameters that were read with the checkpoint's state.
    ///
    /// - Parameter model: The network.
    /// - Throws: `Failure` with `badData` if they are not those of the state.
    func check(_ model: Model) throws {
        let found = model.sha256()
        guard found == state.parametersSHA256 else {
            throw Failure(
                .badData, in: path, expected: "parameters sha256:\(state.parametersSHA256)",
                found: "sha256:\(found)")
        }
    }

    /// Reads the values without a look at the checkpoint's state.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - optimizer: The optimizer.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    func readValues(_ model: Model, _ optimizer: OptimizerState) throws {
        try model.readValues(from: path + "/" + Checkpoint.modelFile)
        try optimizer.read(from: path + "/" + Checkpoint.optimizerFile)
        if let counts = optimizer.batch?.counts { try check(counts) }
    }

    /// Checks that a batch optimizer has come as far as the checkpoint's state says.
    private func check(_ counts: BatchCounts) throws {
        let step = state.progress.step
        let steps = RunProgress.stepRange
        guard counts.iterations == step, steps.contains(step), steps.contains(counts.evaluations)
        else {
            throw Failure(
                .badData, in: path + "/" + Checkpoint.stateFile,
                expected: "the \(counts.iterations) iterations of \(Checkpoint.optimizerFile)",
                found: "step \(step)", fix: "go on with another checkpoint")
        }
    }
}
