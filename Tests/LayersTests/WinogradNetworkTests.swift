import Kernels
import Layers
import Testing

/// Winograd's method beside the direct one in a network that decides nothing: without ReLU and max
/// pooling, differences stay differences of rounding.
@Suite struct WinogradNetworkTests {
    private func smoothNetwork() -> NetworkDescription {
        var network = NetworkDescription(
            "smooth", input: FeatureShape(height: 13, width: 10, channels: 16))
        for number in 0..<4 {
            let input = network.last
            let main = network.append(
                Convolution(channels: 16, kernel: 3, padding: 1), named: "conv\(number)")
            network.append(BatchNorm(), named: "norm\(number)")
            network.append(GELU())
            network.append(Addition(), from: [network.last, number == 0 ? main : input])
        }
        network.append(GlobalAveragePool())
        network.append(Dense(5), named: "dense")
        return network
    }

    @Test func gradientsAgreeWithTheDirectMethod() throws {
        var results: [(outputs: [Float], gradients: [Float])] = []
        for method in [ConvolutionMethod.direct, .winograd] {
            let network = smoothNetwork().computingConvolutions(by: method)
            let workbench = try Workbench(network, imageCount: 3)
            let images = Golden.values(Golden.key.derived("smooth"), count: 3 * 13 * 10 * 16)
            let weights = Golden.values(Golden.key.derived("weights"), count: 3 * 5)
            let outputs = workbench.train(images, outputGradient: weights)
            let gradients = workbench.network.layout.parameters.flatMap {
                workbench.gradients[$0.range]
            }
            results.append((outputs, gradients))
        }
        let outputDifference = zip(results[0].outputs, results[1].outputs).map { $0 - $1 }
        #expect(norm(outputDifference) < 1e-5 * norm(results[0].outputs))
        let gradientDifference = zip(results[0].gradients, results[1].gradients).map { $0 - $1 }
        #expect(norm(gradientDifference) < 1e-5 * norm(results[0].gradients))
        // Two methods that round alike would be one method.
        #expect(norm(gradientDifference) > 0)
    }
}
