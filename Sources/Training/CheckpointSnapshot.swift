import Layers

/// A copy of what a checkpoint holds, which stays as it is while training goes on.
///
/// Unchecked because two threads use it in turns: the training thread copies only while no checkpoint
/// is being written, and the thread that writes one reads only until it has handed over its outcome.
final class CheckpointSnapshot: @unchecked Sendable {
    /// The network.
    let model: Model
    /// The optimizer's slots.
    let optimizer: OptimizerState

    /// Takes the memory, so that copying takes none.
    ///
    /// - Parameter plan: The run.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    init(_ plan: TrainingPlan) throws {
        model = try Model(plan.model)
        optimizer = OptimizerState(
            plan.optimizer, layout: model.layout, memory: Arena.init(count:))
    }

    /// Bytes of its memory.
    var byteCount: Int {
        4 * (model.parameters.count + model.statistics.count + optimizer.slots.count)
    }

    /// Copies the values.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - optimizer: The optimizer's slots.
    func take(_ model: Model, _ optimizer: OptimizerState) {
        for (target, source) in [
            (self.model.parameters, model.parameters), (self.model.statistics, model.statistics),
            (self.optimizer.slots, optimizer.slots),
        ] {
            target.base.update(from: source.base, count: source.count)
        }
        self.optimizer.batch = optimizer.batch
    }
}
