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
    /// The loss is NaN or infinite.
    static let badLoss = ControlWord(rawValue: 4)
    /// A gradient is NaN or infinite.
    static let badGradient = ControlWord(rawValue: 8)
}

/// What one step came to, on all ranks the same.
struct StepOutcome {
    let imageCount: Int
    /// The sum of the images' losses.
    let lossSum: Double
    let correctCount: Int
    /// The norm of the mean gradient.
    let gradientNorm: Double
    /// Of the tensors after the step, until the next one; on rank 0 alone.
    let fingerprints: UnsafeBufferPointer<UInt32>?
    let control: ControlWord
}

/// One optimizer step over all ranks.
///
/// Its memory is allocated at the start; a step allocates none.
///
/// One slab holds everything that is added up over microbatches: gradients, statistics, loss and
/// correct count. Thus one reduction carries all of it, and all of it along the same tree.
final class TrainingStep {
    private let plan: TrainingPlan
    private let model: Model
    private let optimizer: OptimizerState
    private let communicator: any Communicator
    private let network: Network
    /// [gradients | statistics | loss sum, correct count].
    private let slab: Arena
    private let lossScratch: Arena
    private let fullBatch: TreeReduction
    private let lastBatch: TreeReduction
    private let key: RandomKey
    /// What the ledger holds of the tensors; on rank 0 alone.
    private let fingerprints: TensorFingerprints?

    /// The time of this rank's steps so far, by what it was spent on.
    private(set) var times = StepTimes()

    /// Plans the passes and allocates all memory.
    init(
        _ plan: TrainingPlan, model: Model, optimizer: OptimizerState,
        communicator: any Communicator
    ) throws {
        self.plan = plan
        self.model = model
        self.optimizer = optimizer
        self.communicator = communicator
        let sampler = plan.sampler
        let microbatch = min(sampler.microbatchSize, sampler.imageCount(inStep: 0))
        network = try Network(plan.network, batch: microbatch, mode: .training)
        slab = Arena(count: model.layout.slabCount + model.layout.statisticsCount + 2)
        lossScratch = Arena(
            count: SoftmaxCrossEntropy.scratchCount(
                imageCount: microbatch, classCount: network.outputShape.count))
        let leafCount = sampler.microbatchCount(inStep: 0)
        let lastLeafCount = sampler.microbatchCount(inStep: sampler.stepsPerEpoch - 1)
        fullBatch = TreeReduction(
            leafCount: leafCount, elementCount: slab.count,
            method: plan.configuration.reduction, communicator: communicator)
        lastBatch =
            lastLeafCount == leafCount
            ? fullBatch
            : TreeReduction(
                leafCount: lastLeafCount, elementCount: slab.count,
                method: plan.configuration.reduction, communicator: communicator)
        key = RandomKey(seed: plan.configuration.seed).derived("layers")
        fingerprints = communicator.rank == 0 ? TensorFingerprints(layout: model.layout) : nil
    }

    /// The names of the network's layers, in the order of computation.
    var layerNames: [String] { network.layerNames }

    /// What takes the time of each layer; nil, as at the start, for none.
    var layerTimer: LayerTimer? {
        get { network.timer }
        set { network.timer = newValue }
    }

    /// Bytes of the network's memory and of one slab.
    var memoryByteCount: Int { network.memoryByteCount + 4 * slab.count }

    private var statisticSums: UnsafeMutablePointer<Float> {
        slab.base + model.layout.slabCount
    }
    private var totals: UnsafeMutablePointer<Float> {
        statisticSums + model.layout.statisticsCount
    }

    /// Makes a step; every rank has to call it.
    ///
    /// After a control word with bad numbers parameters and slots are as before the step.
    ///
    /// - Parameters:
    ///   - progress: Where the run is.
    ///   - loader: Gives this rank's microbatches of the step.
    ///   - control: What this rank alone knows.
    /// - Returns: What the step came to.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func run(
        _ progress: RunProgress, loader: MicrobatchLoader, control: ControlWord
    ) throws -> StepOutcome {
        let imageCount = plan.sampler.imageCount(inStep: progress.stepInEpoch)
        let isFull = progress.stepInEpoch < plan.sampler.stepsPerEpoch - 1
        let reduction = isFull ? fullBatch : lastBatch
        for _ in reduction.leaves {
            computeGradients(of: loader, epoch: progress.epoch)
            times.accumulation.measure {
                reduction.add(UnsafeBufferPointer(start: slab.base, count: slab.count))
            }
        }
        try times.communication.measure {
            try reduction.finish(
                into: UnsafeMutableBufferPointer(start: slab.base, count: slab.count))
        }

        let norm = times.optimizer.measure {
            GradientNorm.norm(of: slab.base, count: model.layout.slabCount) / Double(imageCount)
        }
        var control = control
        if !totals[0].isFinite { control.insert(.badLoss) }
        if !norm.isFinite { control.insert(.badGradient) }
        try times.communication.measure {
            control = ControlWord(rawValue: try communicator.bitwiseOr(control.rawValue))
        }
        let outcome = StepOutcome(
            imageCount: imageCount, lossSum: Double(totals[0]), correctCount: Int(totals[1]),
            gradientNorm: norm, fingerprints: fingerprints?.values, control: control)
        if control.isDisjoint(with: [.badLoss, .badGradient]) {
            times.optimizer.measure { update(progress, outcome) }
            times.fingerprints.measure {
                fingerprints?.take(model.parameters.base, model.statistics.base)
            }
        }
        return outcome
    }

    /// The gradient, statistics, loss and correct count of the next microbatch, into the slab.
    private func computeGradients(of loader: MicrobatchLoader, epoch: Int) {
        guard let microbatch = times.loading.measure({ loader.next() }) else {
            preconditionFailure("the loader ended before the steps did")
        }
        let context = PassContext(
            imageCount: microbatch.imageCount, mode: .training, key: key.derived(epoch),
            imageNumbers: microbatch.imageNumbers)
        let slabs = Network.Slabs(
            parameters: model.parameters.base, statistics: model.statistics.base,
            gradients: slab.base, batchStatistics: statisticSums)
        let outputs = network.forward(microbatch.images, context, slabs: slabs)
        let loss = times.loss.measure {
            plan.loss.evaluate(
                outputs, labels: microbatch.labels, imageCount: microbatch.imageCount,
                classCount: network.outputShape.count, gradients: network.outputGradient,
                scratch: lossScratch.base)
        }
        network.backward(microbatch.images, context, slabs: slabs)
        totals[0] = loss.sum
        totals[1] = Float(loss.correctCount)
    }

    /// Takes the gradients' sum into the parameters, and the statistics' into the running ones.
    private func update(_ progress: RunProgress, _ outcome: StepOutcome) {
        let configuration = plan.configuration
        var scale = 1 / Double(outcome.imageCount)
        if let maximum = configuration.gradientClip {
            scale *= GradientNorm.clipFactor(norm: outcome.gradientNorm, maximum: maximum)
        }
        optimizer.update(
            model.parameters.base, gradients: slab.base,
            StepSettings(
                step: progress.step + 1, learningRate: plan.learningRate(step: progress.step),
                weightDecay: configuration.weightDecay, gradientScale: scale))
        network.parametersDidChange()
        let share = 1 / Float(outcome.imageCount)
        for statistic in model.layout.statistics {
            for index in statistic.range {
                let running = model.statistics.base[index]
                model.statistics.base[index] =
                    (1 - statistic.momentum) * running
                    + statistic.momentum * (statisticSums[index] * share)
            }
        }
    }
}
