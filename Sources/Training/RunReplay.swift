import Communication
import Datasets
import Diagnostics

/// Makes steps of a run once more, on any number of ranks, and writes nothing.
protocol RunReplay: AnyObject {
    /// Makes the next step; every rank has to call it.
    ///
    /// - Returns: Its line of the ledger up to the chain, on rank 0; nil on others.
    /// - Throws: `Failure` if the message-passing system reports an error, or if there is no next
    ///   step.
    func next() throws -> LedgerDifference.Line?
}

/// Steps on batches.
final class StepReplay: RunReplay {
    private let values: ReplayValues
    private let step: TrainingStep
    private let loader: MicrobatchLoader
    private var progress = RunProgress()

    /// Allocates what steps need beside the values.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameters:
    ///   - replay: Which steps.
    ///   - values: The values before the first of them.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ replay: ReplayPlan, _ values: ReplayValues) throws {
        self.values = values
        let (plan, state) = (values.plan, values.state)
        step = try TrainingStep(plan, state: state)
        try step.prepare()
        loader = try values.communicator.agreeing {
            try replay.checkpoint?.check(plan.sampler)
            return try plan.loader(for: replay.start..<replay.last, state.team)
        }
        moveOn(to: replay.start)
    }

    deinit { loader.stop() }

    func next() throws -> LedgerDifference.Line? {
        values.communicator.log.enter(phase: "replay", step: progress.step)
        let learningRate = values.plan.learningRate(step: progress.step)
        let outcome = try step.run(progress, loader: loader, control: [])
        moveOn(to: progress.step + 1)
        return values.line(
            of: LedgerStep(outcome, step: progress.step, learningRate: learningRate))
    }

    private func moveOn(to stepCount: Int) {
        let position = values.plan.sampler.position(afterSteps: stepCount)
        progress.step = stepCount
        (progress.epoch, progress.stepInEpoch) = (position.epoch, position.step)
    }
}

/// Iterations of a batch optimizer.
final class BatchReplay: RunReplay {
    private let values: ReplayValues
    private let iterations: BatchIterations

    /// Allocates what evaluations need beside the values.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter values: The values before the first iteration.
    /// - Throws: `AgreedFailure`, the same on every rank.
    init(_ values: ReplayValues) throws {
        self.values = values
        iterations = try BatchIterations(values.plan, state: values.state)
    }

    func next() throws -> LedgerDifference.Line? {
        while iterations.optimizer.end == nil {
            values.communicator.log.enter(
                phase: "replay", step: iterations.optimizer.counts.iterations)
            guard try iterations.evaluate([]).endsIteration else { continue }
            return values.line(of: iterations.ledgerStep)
        }
        // All ranks know, from the same sums.
        let count = iterations.optimizer.counts.iterations
        try values.communicator.agree(
            on: Failure(
                .badData, in: "iteration \(count + 1)", expected: "one, as in the ledger",
                found: "the optimizer ends after \(count)"))
        return nil
    }
}
