import Communication
import Datasets
import Layers
import Optimizers
import Randomness

/// What the ranks agree on at the end of each step: a fact on any rank is a fact for all.
struct ControlWord: OptionSet, Sendable {
    let rawValue: UInt64

    /// A signal or the program asked for a checkpoint and the end.
    static let stop = ControlWord(rawValue: 1)
    /// The time for the run is over.
    static let timeIsUp = ControlWord(rawValue: 2)
}

/// What one step came to, on all ranks the same.
struct StepOutcome {
    let imageCount: Int
    /// The sum of the images' losses, with the penalty of the weights for each image.
    let lossSum: Double
    let correctCount: Int
    /// The norm of the mean gradient.
    let gradientNorm: Double
    /// Of the tensors after the step, until the next one.
    let fingerprints: UnsafeBufferPointer<UInt32>
    /// Whether the sentinel has looked at the weights.
    let weightsWereChecked: Bool
    let control: ControlWord
    /// The first number that is NaN or infinite, nil for a good step; a bad one changed nothing.
    let badNumbers: BadNumbers?
}

/// One optimizer step over all ranks.
///
/// Its memory is allocated at the start; a step allocates none.
///
/// One slab holds everything that is added up over microbatches: gradients, statistics, loss, correct
/// count, and what single ranks know. Thus one reduction carries all of it, and all of it along the
/// same tree. Each rank then makes the optimizer step on its own part of the parameters.
final class TrainingStep {
    private let plan: TrainingPlan
    private let state: SharedState
    private let network: Network
    private let lossScratch: Arena
    /// The matrices that this rank moves as a whole.
    private let matrices: [MatrixPlan.Matrix]
    private let matrixScratch: Arena
    private let penalty: WeightPenalty
    /// Where the weights lie in the slab, ascending.
    private let weights: [Range<Int>]
    private let key: RandomKey

    /// Called after the loss of each microbatch with the steps made and the gradient with respect to
    /// the outputs: where a test breaks something.
    var afterLoss: ((Int, UnsafeMutablePointer<Float>) -> Void)?

    /// The time of this rank's steps so far, by what it was spent on.
    private(set) var times = StepTimes()

    /// Plans the passes and allocates their memory.
    init(_ plan: TrainingPlan, state: SharedState) throws {
        self.plan = plan
        self.state = state
        let sampler = plan.sampler
        let microbatch = min(sampler.microbatchSize, sampler.imageCount(inStep: 0))
        network = try Network(
            plan.network, batch: microbatch, mode: .training, prepared: state.prepared)
        lossScratch = Arena(
            count: SoftmaxCrossEntropy.scratchCount(
                imageCount: max(microbatch, 2), outputCount: network.outputShape.count))
        let matrixPlan = state.optimizer.matrixPlan
        matrices = matrixPlan?.share(state.team.member, of: state.team.memberCount) ?? []
        matrixScratch = Arena(count: matrixPlan?.scratchCount ?? 0)
        penalty = plan.penalty
        weights = penalty.isZero ? [] : state.model.layout.weightRanges
        key = RandomKey(seed: plan.configuration.seed).derived("layers")
    }

    /// The names of the network's layers, in the order of computation.
    var layerNames: [String] { network.layerNames }

    /// What takes the time of each layer; nil, as at the start, for none.
    var layerTimer: LayerTimer? {
        get { network.timer }
        set { network.timer = newValue }
    }

    /// Bytes of the memory that this rank has for a step.
    var memoryByteCount: Int { network.memoryByteCount + 4 * matrixScratch.count }

    private var layout: ParameterLayout { state.model.layout }
    private var sum: UnsafeMutablePointer<Float> { state.reduction.sum }
    private var totalsOffset: Int { layout.slabCount + layout.statisticsCount }

    /// Makes what layers prepare from the parameters that of the parameters as they are; every rank
    /// has to call it before the first step and after parameters were set.
    ///
    /// - Throws: `Failure` if the message-passing system reports an error.
    func prepare() throws {
        network.prepare(state.model.parameters.base)
        times.fingerprints.measure { state.fingerprints.hashOwnSegments() }
        try times.communication.measure { try state.team.meet("prepared parameters") }
        state.prepared.isCurrent = true
        times.fingerprints.measure { state.fingerprints.fold() }
    }

    /// Makes a step; every rank has to call it.
    ///
    /// After a step with bad numbers parameters, statistics and slots are as before it.
    ///
    /// - Parameters:
    ///   - progress: Where the run is.
    ///   - loader: Gives this rank's microbatches of the step.
    ///   - control: What this rank alone knows. If it has no microbatch in this step, nobody learns
    ///     of it, and it has to say so again in the next.
    ///   - checksWeights: Whether the sentinel looks at the weights; it does so too in a step after
    ///     which the run stops.
    /// - Returns: What the step came to.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func run(
        _ progress: RunProgress, loader: MicrobatchLoader, control: ControlWord,
        checksWeights: Bool = false
    ) throws -> StepOutcome {
        let reduction = state.reduction
        reduction.begin(leafCount: plan.sampler.microbatchCount(inStep: progress.stepInEpoch))
        let log = state.team.communicator.log
        for _ in reduction.leaves {
            log.enter(phase: "loading", step: progress.step)
            guard let microbatch = times.loading.measure({ loader.next() }) else {
                preconditionFailure("the loader ended before the steps did")
            }
            computeGradients(of: microbatch, progress, control)
        }
        log.enter(phase: "reduction", step: progress.step)
        let imageCount = plan.sampler.imageCount(inStep: progress.stepInEpoch)
        try times.communication.measure {
            try reduction.complete { range in
                let gradients = range.clamped(to: 0..<layout.slabCount)
                guard !gradients.isEmpty else { return }
                addPenalty(gradients, imageCount: imageCount)
                sumSquares(gradients)
            }
            try state.team.meet("sums of gradients")
        }
        let outcome = outcome(imageCount: imageCount, checksWeights: checksWeights)
        log.enter(phase: "optimizer step", step: progress.step)
        if outcome.weightsWereChecked {
            times.fingerprints.measure { state.sentinel.look() }
            try times.communication.measure { try state.team.meet("a look at the weights") }
        }
        if outcome.badNumbers != nil {
            // The next step writes over the sums in which others may still look for bad numbers.
            try times.communication.measure { try state.team.meet("a step without an update") }
        } else {
            try update(progress, outcome)
            try times.communication.measure { try state.team.meet("updated parameters") }
            try prepare()
        }
        return outcome
    }

    /// The gradient, statistics, loss and correct count of a microbatch, into the next slab.
    private func computeGradients(
        of microbatch: LoadedMicrobatch, _ progress: RunProgress, _ control: ControlWord
    ) {
        let log = state.team.communicator.log
        log.enter(phase: "forward", step: progress.step)
        let context = PassContext(
            imageCount: microbatch.imageCount, mode: .training, key: key.derived(progress.epoch),
            imageNumbers: microbatch.imageNumbers)
        let leaf = state.reduction.leaf
        let slabs = Network.Slabs(
            parameters: state.model.parameters.base, statistics: state.model.statistics.base,
            gradients: leaf, batchStatistics: leaf + layout.slabCount)
        let outputs = network.forward(microbatch.images, context, slabs: slabs)
        let loss = times.loss.measure {
            evaluateLoss(outputs, microbatch)
        }
        afterLoss?(progress.step, network.outputGradient)
        let totals = leaf + totalsOffset
        totals[0] = loss.sum
        totals[1] = Float(loss.correctCount)
        // Counts of microbatches: a fact on any rank becomes one for all by the sum.
        totals[2] = control.contains(.stop) ? 1 : 0
        totals[3] = control.contains(.timeIsUp) ? 1 : 0
        log.enter(phase: "backward", step: progress.step)
        network.backward(microbatch.images, context, slabs: slabs) { position in
            times.accumulation.measure { state.reduction.advance(to: position) }
        }
        times.accumulation.measure { state.reduction.endLeaf() }
    }

    /// Adds the gradient of the weights' penalty in a part of the slab, of one block.
    private func addPenalty(_ range: Range<Int>, imageCount: Int) {
        guard !weights.isEmpty else { return }
        var value = 0.0
        for weights in weights where weights.overlaps(range) {
            let part = weights.clamped(to: range)
            value += penalty.add(
                to: sum + part.lowerBound, at: state.model.parameters.base + part.lowerBound,
                count: part.count, sampleCount: imageCount)
        }
        state.blockPenalties[range.lowerBound / GradientNorm.blockLength] = value
    }

    /// The loss of a microbatch, whose gradient becomes the network's output gradient.
    private func evaluateLoss(
        _ outputs: UnsafePointer<Float>, _ microbatch: LoadedMicrobatch
    ) -> LossValue {
        guard let mixtures = microbatch.mixtures else {
            return plan.loss.evaluate(
                outputs, labels: microbatch.labels, targets: microbatch.targets,
                imageCount: microbatch.imageCount, outputCount: network.outputShape.count,
                gradients: network.outputGradient, scratch: lossScratch.base)
        }
        return plan.loss.evaluate(
            outputs, labels: microbatch.labels, partnerLabels: mixtures.partnerLabels,
            shares: mixtures.shares, imageCount: microbatch.imageCount,
            outputCount: network.outputShape.count, gradients: network.outputGradient,
            scratch: lossScratch.base)
    }

    /// The squares of the gradients in a part of the slab, while it is in the cache.
    private func sumSquares(_ gradients: Range<Int>) {
        GradientNorm.sumSquares(
            of: sum + gradients.lowerBound, count: gradients.count,
            into: state.blockSums + gradients.lowerBound / GradientNorm.blockLength)
    }

    private func outcome(imageCount: Int, checksWeights: Bool) -> StepOutcome {
        let totals = sum + totalsOffset
        let norm =
            GradientNorm.norm(
                ofBlockSums: state.blockSums,
                blockCount: GradientNorm.blockCount(layout.slabCount)) / Double(imageCount)
        var control: ControlWord = []
        if totals[2] > 0 { control.insert(.stop) }
        if totals[3] > 0 { control.insert(.timeIsUp) }
        return StepOutcome(
            imageCount: imageCount,
            lossSum: Double(totals[0]) + Double(imageCount) * penaltyValue,
            correctCount: Int(totals[1]),
            gradientNorm: norm, fingerprints: state.fingerprints.values,
            weightsWereChecked: checksWeights || !control.isDisjoint(with: [.stop, .timeIsUp]),
            control: control,
            badNumbers: norm.isFinite && totals[0].isFinite
                ? nil : BadNumbers(gradients: sum, layout: layout, lossSum: totals[0]))
    }

    /// The penalty of all weights before the step, added up block after block.
    private var penaltyValue: Double {
        guard !weights.isEmpty else { return 0 }
        return (0..<GradientNorm.blockCount(layout.slabCount)).reduce(0) {
            $0 + state.blockPenalties[$1]
        }
    }

    /// Takes the gradients' sum into this rank's part of the parameters.
    private func update(_ progress: RunProgress, _ outcome: StepOutcome) throws {
        let configuration = plan.configuration
        var scale = 1 / Double(outcome.imageCount)
        if let maximum = configuration.gradientClip {
            scale *= GradientNorm.clipFactor(norm: outcome.gradientNorm, maximum: maximum)
        }
        let settings = StepSettings(
            step: progress.updateCount + 1, learningRate: plan.learningRate(step: progress.step),
            weightDecay: configuration.weightDecay, gradientScale: scale)
        let parameters = state.model.parameters.base
        if state.optimizer.needsMeasuring {
            times.optimizer.measure {
                forOwnParameters {
                    state.optimizer.measure(
                        $0, of: parameters, gradients: sum, settings, into: state.tensorSquares)
                }
            }
            try times.communication.measure { try state.team.meet("norms of tensors") }
        }
        times.optimizer.measure {
            forOwnParameters {
                state.optimizer.update(
                    $0, of: parameters, gradients: sum, settings, squares: state.tensorSquares)
            }
            for matrix in matrices {
                state.optimizer.update(
                    matrix, of: parameters, gradients: sum, settings, scratch: matrixScratch.base)
            }
            if state.team.member == 0 { updateStatistics(imageCount: outcome.imageCount) }
        }
    }

    private func forOwnParameters(_ body: (Range<Int>) -> Void) {
        for range in state.reduction.ownRanges {
            let range = range.clamped(to: 0..<layout.slabCount)
            if !range.isEmpty { body(range) }
        }
    }

    /// Takes the statistics' sums into the running ones.
    private func updateStatistics(imageCount: Int) {
        let share = 1 / Float(imageCount)
        let statistics = state.model.statistics.base
        for statistic in layout.statistics {
            for index in statistic.range {
                statistics[index] =
                    (1 - statistic.momentum) * statistics[index]
                    + statistic.momentum * (sum[layout.slabCount + index] * share)
            }
        }
    }
}
