import Datasets
import Layers
import Randomness

/// The sums of any network on samples: passes in Float, sums of microbatches in Double.
///
/// The parameters are those that all ranks share, which the trainer sets before each evaluation. Random
/// masks and changes are those of one epoch, so that the sums are a function of the parameters alone.
final class NetworkSums: SampleSums {
    private let plan: TrainingPlan
    private let model: Model
    private let network: Network
    private let packing: ParameterPacking
    private let key: RandomKey
    private var reader: any InputReader
    private let images: Arena
    private let gradients: Arena
    private let statistics: Arena
    private let lossScratch: Arena
    private var labels: [Int32]
    private var targets: [Float]
    private var numbers: [Int32]

    /// The loss of a microbatch is a Float.
    let valueNoise = 1e-6

    /// Takes all memory.
    ///
    /// - Parameters:
    ///   - plan: The run.
    ///   - model: The parameters.
    ///   - network: The passes, for microbatches of the run.
    ///   - packing: The order of the parameters.
    init(_ plan: TrainingPlan, _ model: Model, _ network: Network, packing: ParameterPacking) {
        self.plan = plan
        self.model = model
        self.network = network
        self.packing = packing
        key = RandomKey(seed: plan.configuration.seed).derived("layers").derived(0)
        reader = plan.training.makeReader()
        images = Arena(count: network.batch * plan.training.elementCount)
        gradients = Arena(count: model.layout.slabCount)
        statistics = Arena(count: model.layout.statisticsCount)
        lossScratch = Arena(
            count: SoftmaxCrossEntropy.scratchCount(
                imageCount: network.batch, outputCount: network.outputShape.count))
        labels = Array(repeating: 0, count: network.batch)
        targets = Array(repeating: 0, count: network.batch)
        numbers = Array(repeating: 0, count: network.batch)
    }

    deinit { reader.deallocate() }

    func setPoint(_ point: [Double]) {}

    func compute(_ samples: Range<Int>, into sums: UnsafeMutablePointer<Double>) {
        let changes = RandomKey(seed: plan.configuration.seed).derived(0)
        for (place, sample) in samples.enumerated() {
            reader.read(
                sample, key: changes, into: images.base + place * plan.training.elementCount)
            labels[place] = Int32(plan.training.label(at: sample))
            targets[place] = plan.training.target(at: sample)
            numbers[place] = Int32(sample)
        }
        let slabs = Network.Slabs(
            parameters: model.parameters.base, statistics: model.statistics.base,
            gradients: gradients.base, batchStatistics: statistics.base)
        let loss = numbers.withUnsafeBufferPointer { numbers in
            labels.withUnsafeBufferPointer { labels in
                targets.withUnsafeBufferPointer { targets -> LossValue in
                    guard let numbers = numbers.baseAddress, let labels = labels.baseAddress,
                        let targets = targets.baseAddress
                    else { preconditionFailure("a microbatch of no samples") }
                    let context = PassContext(
                        imageCount: samples.count, mode: .training, key: key,
                        imageNumbers: numbers)
                    let outputs = network.forward(images.base, context, slabs: slabs)
                    let loss = plan.loss.evaluate(
                        outputs, labels: labels, targets: targets, imageCount: samples.count,
                        outputCount: network.outputShape.count, gradients: network.outputGradient,
                        scratch: lossScratch.base)
                    network.backward(images.base, context, slabs: slabs)
                    return loss
                }
            }
        }
        sums[0] = Double(loss.sum)
        sums[1] = Double(loss.correctCount)
        packing.read(gradients.base, into: sums + 2)
    }
}
