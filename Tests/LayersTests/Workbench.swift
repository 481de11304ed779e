import Layers
import Randomness

/// A network with the slabs that a pass needs, for tests.
final class Workbench {
    let network: Network
    let imageCount: Int
    var parameters: [Float] {
        didSet { network.parametersDidChange() }
    }
    var statistics: [Float]
    var gradients: [Float]
    var batchStatistics: [Float]
    private let imageNumbers: [Int32]

    init(_ description: NetworkDescription, imageCount: Int, batch: Int? = nil) throws {
        network = try Network(description, batch: batch ?? imageCount, mode: .training)
        self.imageCount = imageCount
        parameters = Array(repeating: 0, count: network.layout.slabCount)
        statistics = Array(repeating: 0, count: network.layout.statisticsCount)
        gradients = Array(repeating: .nan, count: network.layout.slabCount)
        batchStatistics = Array(repeating: .nan, count: network.layout.statisticsCount)
        imageNumbers = (0..<Int32(imageCount)).map { $0 }
        network.layout.initialize(
            key: RandomKey(seed: 7), parameters: &parameters, statistics: &statistics)
    }

    private func context(_ mode: PassMode) -> PassContext {
        imageNumbers.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { preconditionFailure("no images") }
            return PassContext(
                imageCount: imageCount, mode: mode, key: RandomKey(seed: 3), imageNumbers: base)
        }
    }

    private func withSlabs<Result>(_ body: (Network.Slabs) -> Result) -> Result {
        parameters.withUnsafeBufferPointer { parameters in
            statistics.withUnsafeBufferPointer { statistics in
                gradients.withUnsafeMutableBufferPointer { gradients in
                    batchStatistics.withUnsafeMutableBufferPointer { batchStatistics in
                        var empty: Float = 0
                        return withUnsafeMutablePointer(to: &empty) { empty in
                            body(
                                Network.Slabs(
                                    parameters: parameters.baseAddress ?? UnsafePointer(empty),
                                    statistics: statistics.baseAddress ?? UnsafePointer(empty),
                                    gradients: gradients.baseAddress ?? empty,
                                    batchStatistics: batchStatistics.baseAddress ?? empty))
                        }
                    }
                }
            }
        }
    }

    private var outputCount: Int { imageCount * network.outputShape.count }

    /// The outputs of a training pass.
    func forward(_ images: [Float]) -> [Float] {
        withSlabs { slabs in
            Array(
                UnsafeBufferPointer(
                    start: network.forward(images, context(.training), slabs: slabs),
                    count: outputCount))
        }
    }

    /// A training pass whose loss is the sum of outputs times `outputGradient`.
    func train(_ images: [Float], outputGradient: [Float]) -> [Float] {
        train(images) { _, gradient in
            for index in outputGradient.indices { gradient[index] = outputGradient[index] }
        }
    }

    /// A training pass; `loss` reads the outputs and writes their gradient.
    func train(
        _ images: [Float],
        loss: (_ outputs: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>) -> Void
    ) -> [Float] {
        withSlabs { slabs in
            let outputs = network.forward(images, context(.training), slabs: slabs)
            let copy = Array(UnsafeBufferPointer(start: outputs, count: outputCount))
            loss(outputs, network.outputGradient)
            network.backward(images, context(.training), slabs: slabs)
            return copy
        }
    }

    /// The outputs of an inference pass through a network that is planned for inference.
    func infer(_ images: [Float], through inference: Network) -> [Float] {
        Array(
            UnsafeBufferPointer(
                start: inference.infer(
                    images, context(.inference), parameters: parameters, statistics: statistics),
                count: outputCount))
    }

    /// A parameter's or gradient's values in the order of files.
    func fileValues(_ name: String, in slab: [Float]) -> [Float] {
        network.layout.parameters.first { $0.name == name }?.fileValues(in: slab) ?? []
    }

    func set(_ name: String, to values: [Float]) {
        guard let parameter = network.layout.parameters.first(where: { $0.name == name }) else {
            return
        }
        values.withUnsafeBufferPointer { parameter.setFileValues($0, in: &parameters) }
    }

    func statistic(_ name: String, in slab: [Float]) -> [Float] {
        network.layout.statistics.first { $0.name == name }.map { Array(slab[$0.range]) } ?? []
    }

    func setStatistic(_ name: String, to values: [Float]) {
        guard let entry = network.layout.statistics.first(where: { $0.name == name }) else {
            return
        }
        statistics.replaceSubrange(entry.range, with: values)
    }
}

/// Ignores the network's input and puts out its parameter `value`, so that the gradient of a layer's
/// input can be seen as the gradient of a parameter.
struct Probe: Layer {
    let shape: FeatureShape
    let imageCount: Int

    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { shape }

    func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        [
            ParameterSpecification(
                "value", shape: [imageCount, shape.count], initializer: .uniform(bound: 1))
        ]
    }

    func forward(_ pass: ForwardPass) {
        pass.output.update(from: pass.parameter(0), count: imageCount * shape.count)
    }

    func backward(_ pass: BackwardPass) {
        pass.parameterGradient(0)?
            .update(from: pass.outputGradient, count: imageCount * shape.count)
    }
}
