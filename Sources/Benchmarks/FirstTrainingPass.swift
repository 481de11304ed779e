import Datasets
import Layers
import Randomness

/// A network with initial weights and the memory of one training pass.
final class FirstTrainingPass {
    private let network: Network
    private let batch: Int
    private let parameters: Arena
    private let statistics: Arena
    private let gradients: Arena
    private let batchStatistics: Arena

    /// Plans a network and computes its initial weights, as training does.
    ///
    /// - Parameters:
    ///   - description: The network.
    ///   - batch: The number of images.
    ///   - seed: What the initial weights are computed from.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    init(_ description: NetworkDescription, batch: Int, seed: UInt64) throws {
        network = try Network(description, batch: batch, mode: .training)
        self.batch = batch
        parameters = Arena(count: network.layout.slabCount)
        statistics = Arena(count: network.layout.statisticsCount)
        gradients = Arena(count: network.layout.slabCount)
        batchStatistics = Arena(count: network.layout.statisticsCount)
        network.layout.initialize(
            key: RandomKey(seed: seed).derived("initial"), parameters: parameters.base,
            statistics: statistics.base)
    }

    /// A parameter's values in the order of memory; nil if there is none of that name.
    ///
    /// - Parameter name: The full name, such as `conv1.weight`.
    /// - Returns: The values.
    func parameter(named name: String) -> [Float]? {
        network.layout.parameters.first { $0.name == name }.map { parameter in
            Array(
                UnsafeBufferPointer(
                    start: parameters.base + parameter.range.lowerBound,
                    count: parameter.range.count))
        }
    }

    /// Computes outputs, their cross-entropy and all gradients.
    ///
    /// - Parameter source: The images, of which the first ones are taken.
    func run(images source: some ImageSource) {
        let images = (0..<batch).flatMap { image in
            let pixels = source.pixels(at: image)
            return (0..<source.format.elementCount).map { index in
                source.normalization.value(
                    of: pixels[index], channel: index % source.format.channels)
            }
        }
        let labels = (0..<batch).map { Int32(source.label(at: $0)) }
        let numbers = (0..<Int32(batch)).map { $0 }
        let slabs = Network.Slabs(
            parameters: parameters.base, statistics: statistics.base, gradients: gradients.base,
            batchStatistics: batchStatistics.base)
        let classCount = network.outputShape.count
        let scratch = Arena(
            count: SoftmaxCrossEntropy.scratchCount(imageCount: batch, outputCount: classCount))
        numbers.withUnsafeBufferPointer { numbers in
            guard let numbers = numbers.baseAddress else { return }
            let context = PassContext(
                imageCount: batch, mode: .training, key: RandomKey(seed: 0), imageNumbers: numbers)
            images.withUnsafeBufferPointer { images in
                guard let images = images.baseAddress else { return }
                let outputs = network.forward(images, context, slabs: slabs)
                withExtendedLifetime(scratch) {
                    _ = SoftmaxCrossEntropy().evaluate(
                        outputs, labels: labels, targets: labels.map(Float.init),
                        imageCount: batch, outputCount: classCount,
                        gradients: network.outputGradient, scratch: scratch.base)
                }
                network.backward(images, context, slabs: slabs)
            }
        }
    }
}
