import Communication
import Datasets
import Layers

/// Makes steps of a run once more, on any number of ranks, and writes nothing.
final class RunReplay {
    private let plan: TrainingPlan
    private let communicator: any Communicator
    private let state: SharedState
    private let step: TrainingStep
    private let loader: MicrobatchLoader
    private let text: LedgerText
    private var progress = RunProgress()

    /// Allocates everything, and sets the values to those before the first step.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - replay: Which steps.
    ///   - data: The images.
    ///   - communicator: The ranks.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ replay: ReplayPlan, data: RunData, communicator: any Communicator) throws {
        self.communicator = communicator
        let plan = try communicator.agreeing {
            let plan = try TrainingPlan(
                replay.configuration, data: data, rankCount: communicator.rankCount)
            try replay.checkpoint?.check(plan.sampler)
            try TrainingNeeds(plan, rankCount: communicator.rankCount).requireMemory(
                ranksOnHost: communicator.placement.localRankCount)
            return plan
        }
        let state = try SharedState(plan, communicator: communicator)
        (self.plan, self.state) = (plan, state)
        step = try TrainingStep(plan, state: state)
        text = LedgerText(
            capacity: LedgerText.lineCapacity(
                tensorCount: state.fingerprints.plan.tensorNames.count))
        try communicator.agreeing {
            guard communicator.rank == 0 else { return }
            if let checkpoint = replay.checkpoint {
                try checkpoint.readValues(state.model, state.optimizer)
            } else {
                state.model.initialize(seed: replay.configuration.seed)
            }
        }
        try state.publish()
        try step.prepare()
        loader = try communicator.agreeing {
            try plan.loader(for: replay.start..<replay.last, state.team)
        }
        moveOn(to: replay.start)
    }

    deinit { loader.stop() }

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

    /// Makes the next step; every rank has to call it.
    ///
    /// - Returns: Its line of the ledger up to the chain, on rank 0; nil on others.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func next() throws -> LedgerDifference.Line? {
        communicator.log.enter(phase: "replay", step: progress.step)
        let learningRate = plan.learningRate(step: progress.step)
        let outcome = try step.run(progress, loader: loader, control: [])
        moveOn(to: progress.step + 1)
        guard communicator.rank == 0 else { return nil }
        text.removeAll()
        text.append(LedgerStep(outcome, step: progress.step, learningRate: learningRate))
        return LedgerDifference.Line(content: text.data, tensorNames: tensorNames)
    }

    private func moveOn(to stepCount: Int) {
        let position = plan.sampler.position(afterSteps: stepCount)
        progress.step = stepCount
        (progress.epoch, progress.stepInEpoch) = (position.epoch, position.step)
    }
}
