import Communication
import Layers

/// The values of a run whose steps are made once more.
final class ReplayValues {
    /// The run.
    let plan: TrainingPlan
    /// The ranks.
    let communicator: any Communicator
    /// What ranks share: the values, and the reduction.
    let state: SharedState

    /// Allocates what ranks share, and sets the values to those before the first step.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - replay: Which steps.
    ///   - data: The samples.
    ///   - communicator: The ranks.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ replay: ReplayPlan, data: RunData, communicator: any Communicator) throws {
        self.communicator = communicator
        plan = try communicator.agreeing {
            let plan = try TrainingPlan(
                replay.configuration, data: data, rankCount: communicator.rankCount)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            return plan
        }
        let state = try SharedState(plan, communicator: communicator)
        self.state = state
        try communicator.agreeing {
            guard communicator.rank == 0 else { return }
            if let checkpoint = replay.checkpoint {
                try checkpoint.readValues(state.model, state.optimizer)
                // A batch optimizer's point takes the place of parameters that were changed.
                if replay.configuration.usesBatchOptimizer { try checkpoint.check(state.model) }
            } else {
                state.model.initialize(seed: replay.configuration.seed)
            }
        }
        try state.publish()
    }
}
