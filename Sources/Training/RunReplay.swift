import Communication
import Datasets
import Diagnostics

/// Makes steps of a run once more, on any number of ranks, and writes nothing.
protocol RunReplay: AnyObject {
    /// The ranks.
    var communicator: any Communicator { get }
    /// The names of the tensors in the order of their fingerprints.
    var tensorNames: [String] { get }

    /// The fingerprints of the tensors as they are, as lines of the ledger hold them.
    func tensorsText() -> String

    /// The SHA-256 over all parameters as they are.
    func parametersSHA256() -> String

    /// Makes the next step; every rank has to call it.
    ///
    /// - Returns: Its line of the ledger up to the chain, on rank 0; nil on others.
    /// - Throws: `Failure` if the message-passing system reports an error, or if there is no next
    ///   step.
    func next() throws -> LedgerDifference.Line?
}

extension RunReplay {
    /// The line of a step up to the chain, on rank 0; nil on others.
    ///
    /// - Parameter step: What the step came to; asked for on rank 0 alone.
    /// - Returns: The line.
    func line(of step: @autoclosure () -> LedgerStep) -> LedgerDifference.Line? {
        guard communicator.rank == 0 else { return nil }
        let text = LedgerText(capacity: LedgerText.lineCapacity(tensorCount: tensorNames.count))
        text.append(step())
        return LedgerDifference.Line(content: text.data, tensorNames: tensorNames)
    }
}

/// Steps of a network's training.
protocol NetworkReplay: RunReplay {
    /// The network and its optimizer.
    var values: ReplayValues { get }
}

extension NetworkReplay {
    var communicator: any Communicator { values.communicator }
    var tensorNames: [String] { values.state.fingerprints.plan.tensorNames }

    func tensorsText() -> String { LedgerText.text(of: values.state.fingerprints.values) }

    func parametersSHA256() -> String { values.state.model.sha256() }
}

/// Steps on batches.
final class StepReplay: NetworkReplay {
    let values: ReplayValues
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
        progress.skipped = replay.checkpoint?.state.progress.skipped
    }

    deinit { loader.stop() }

    func next() throws -> LedgerDifference.Line? {
        values.communicator.log.enter(phase: "replay", step: progress.step)
        let learningRate = values.plan.learningRate(step: progress.step)
        let outcome = try step.run(progress, loader: loader, control: [])
        progress.endStep(outcome, seconds: 0)
        moveOn(to: progress.step)
        return line(of: LedgerStep(outcome, step: progress.step, learningRate: learningRate))
    }

    private func moveOn(to stepCount: Int) {
        let position = values.plan.sampler.position(afterSteps: stepCount)
        progress.step = stepCount
        (progress.epoch, progress.stepInEpoch) = (position.epoch, position.step)
    }
}

/// Iterations of a batch optimizer.
final class BatchReplay: NetworkReplay {
    let values: ReplayValues
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
            return line(of: iterations.ledgerStep)
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
