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
    private let text: LedgerText

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
        text = LedgerText(
            capacity: LedgerText.lineCapacity(
                tensorCount: state.fingerprints.plan.tensorNames.count))
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

    /// The network as it is after the last step.
    var model: Model { state.model }

    /// The names of the tensors in the order of their fingerprints.
    var tensorNames: [String] { state.fingerprints.plan.tensorNames }

    /// The fingerprints of the tensors as they are, as lines of the ledger hold them.
    func tensorsText() -> String {
        state.fingerprints.values.map { value in
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// The line of the ledger of a step up to the chain, on rank 0; nil on others.
    ///
    /// - Parameter step: What the step came to; asked for on rank 0 alone.
    /// - Returns: The line.
    func line(of step: @autoclosure () -> LedgerStep) -> LedgerDifference.Line? {
        guard communicator.rank == 0 else { return nil }
        text.removeAll()
        text.append(step())
        return LedgerDifference.Line(content: text.data, tensorNames: tensorNames)
    }
}
