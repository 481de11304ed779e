import Layers
import Randomness

/// A layer alone in a network, for layers whose kernels are called in a pattern of the layer's own.
final class LayerWorkbench {
    private let network: Network
    private let imageCount: Int
    private let images: Arena
    private let parameters: Arena
    private let statistics: Arena
    private let gradients: Arena
    private let batchStatistics: Arena
    private let imageNumbers: [Int32]

    /// Plans the network and computes both passes once.
    ///
    /// - Parameters:
    ///   - layer: The layer, of one input and without parameters.
    ///   - input: The shape of its input.
    ///   - imageCount: Images of a pass.
    /// - Throws: `Failure` with `usage` if the layer cannot take the input.
    init(_ layer: any Layer, input: FeatureShape, imageCount: Int) throws {
        var description = NetworkDescription("one layer", input: .vector(1))
        description.append(OperandLayer(shape: input), named: "operand")
        description.append(layer, named: "layer")
        network = try Network(description, batch: imageCount, mode: .training)
        self.imageCount = imageCount
        images = Arena(count: imageCount)
        parameters = Arena(count: network.layout.slabCount)
        statistics = Arena(count: network.layout.statisticsCount)
        gradients = Arena(count: network.layout.slabCount)
        batchStatistics = Arena(count: network.layout.statisticsCount)
        imageNumbers = (0..<Int32(imageCount)).map { $0 }

        parameters.base[0] = OperandLayer.writes
        forward()
        parameters.base[0] = OperandLayer.keeps
        fillRandomly(network.outputGradient, count: imageCount * network.outputShape.count)
        backward()
    }

    /// Computes the outputs.
    func forward() {
        withContext { _ = network.forward(images.base, $0, slabs: slabs) }
    }

    /// Computes the gradient of the input.
    func backward() {
        withContext { network.backward(images.base, $0, slabs: slabs) }
    }

    private var slabs: Network.Slabs {
        Network.Slabs(
            parameters: parameters.base, statistics: statistics.base, gradients: gradients.base,
            batchStatistics: batchStatistics.base)
    }

    private func withContext(_ body: (PassContext) -> Void) {
        imageNumbers.withUnsafeBufferPointer { numbers in
            guard let numbers = numbers.baseAddress else { return }
            body(
                PassContext(
                    imageCount: imageCount, mode: .training, key: RandomKey(seed: 0),
                    imageNumbers: numbers))
        }
    }
}

/// Holds the operand of the layer after it, and has a parameter so that its gradient is wanted.
private struct OperandLayer: Layer {
    /// The value of the parameter with which a pass writes the operand.
    static let writes: Float = 1
    /// The value of the parameter with which the operand of an earlier pass stays, at no cost.
    static let keeps: Float = 0

    let shape: FeatureShape

    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { shape }

    func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        [ParameterSpecification("writes", shape: [1], initializer: .constant(Self.keeps))]
    }

    func forward(_ pass: ForwardPass) {
        guard pass.parameter(0)[0] == Self.writes else { return }
        fillRandomly(pass.output, count: pass.imageCount * shape.count)
    }

    func backward(_ pass: BackwardPass) {}
}
