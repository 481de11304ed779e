import Kernels
import Layers
import Testing

/// A convolution that takes in what follows it, beside the same layers kept apart.
@Suite struct ConvolutionBlockTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// Layers behind the convolution; nil stands for the addition of the network's input.
        let layers: [(any Layer)?]
        var hasBias = false

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "norm", layers: [BatchNorm()]),
        Case(name: "norm without scale, GELU", layers: [BatchNorm(hasScale: false), GELU()]),
        Case(name: "norm, ReLU, behind a bias", layers: [BatchNorm(), ReLU()], hasBias: true),
        Case(name: "norm, skip", layers: [BatchNorm(), nil]),
        Case(name: "norm, skip, ReLU", layers: [BatchNorm(), nil, ReLU()]),
        Case(name: "norm, ReLU, pool", layers: [BatchNorm(), ReLU(), MaxPool(2)], hasBias: true),
        Case(name: "norm, GELU, pool", layers: [BatchNorm(), GELU(), MaxPool(2)]),
        Case(name: "norm, pool", layers: [BatchNorm(), MaxPool(2)]),
        Case(name: "pool", layers: [MaxPool(2)], hasBias: true),
        Case(name: "ReLU, pool", layers: [ReLU(), MaxPool(2)], hasBias: true),
        Case(name: "pool, ReLU", layers: [MaxPool(2), ReLU()]),
        Case(name: "pool, norm, GELU", layers: [MaxPool(2), BatchNorm(), GELU()]),
        Case(name: "pool, norm, pool", layers: [MaxPool(2), BatchNorm(), MaxPool(2)]),
    ]

    static let inputs = [
        FeatureShape(height: 8, width: 12, channels: 3),
        FeatureShape(height: 13, width: 9, channels: 5),
        FeatureShape(height: 12, width: 8, channels: 17),
        FeatureShape(height: 7, width: 7, channels: 32),
    ]

    private func network(
        _ check: Case, _ input: FeatureShape, _ method: ConvolutionMethod, keepsApart: Bool
    ) -> NetworkDescription {
        var network = NetworkDescription("block", input: input)
        // A parameter in front, so that the gradient of the convolution's input is compared too.
        let source = network.append(BatchNorm(), named: "front")
        network.append(
            Convolution(channels: input.channels, kernel: 3, padding: 1, hasBias: check.hasBias),
            named: "convolution")
        for (number, layer) in check.layers.enumerated() {
            // What lies in between can be taken in by nothing.
            if keepsApart { network.append(Scale(1)) }
            network.append(
                layer ?? Addition(), named: "layer\(number)",
                from: layer == nil ? [network.last, source] : nil)
        }
        return network.computingConvolutions(by: method)
    }

    private struct Results {
        var outputs: [Float]
        var gradients: [Float]
        var statistics: [Float]
        var inference: [Float]
    }

    private func run(_ description: NetworkDescription, _ input: FeatureShape) throws -> Results {
        // Fewer images than there is room for.
        let imageCount = 3
        let workbench = try Workbench(description, imageCount: imageCount, batch: 5)
        let images = Golden.values(Golden.key.derived("images"), count: imageCount * input.count)
        let outputGradient = Golden.values(
            Golden.key.derived("gradient"),
            count: imageCount * workbench.network.outputShape.count)
        let outputs = workbench.train(images, outputGradient: outputGradient)
        let inference = try Network(description, batch: 4, mode: .inference)
        return Results(
            outputs: outputs,
            // The order of layers, and with it of parameters, is the same in both.
            gradients: workbench.network.layout.parameters.flatMap {
                workbench.gradients[$0.range]
            },
            statistics: workbench.network.layout.statistics.flatMap {
                workbench.batchStatistics[$0.range]
            },
            inference: workbench.infer(images, through: inference))
    }

    private func difference(_ own: [Float], _ other: [Float]) -> Double {
        guard own.count == other.count else { return .infinity }
        return norm(zip(own, other).map { $0 - $1 }) / max(norm(other), 1e-6)
    }

    @Test(arguments: cases, inputs)
    func agreesWithSingleLayers(_ check: Case, _ input: FeatureShape) throws {
        for method in [ConvolutionMethod.direct, .winograd] {
            let own = try run(network(check, input, method, keepsApart: false), input)
            let single = try run(network(check, input, method, keepsApart: true), input)
            #expect(difference(own.outputs, single.outputs) < 1e-5, "\(method)")
            #expect(difference(own.gradients, single.gradients) < 2e-5, "\(method)")
            #expect(difference(own.inference, single.inference) < 1e-5, "\(method)")
            if !single.statistics.isEmpty {
                #expect(difference(own.statistics, single.statistics) < 1e-5, "\(method)")
            }
        }
    }
}
