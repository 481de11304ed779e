import Layers
import Randomness
import Testing

/// Gradients beside central differences, for each layer alone and as fused with what follows it, and
/// for graphs in which gradients share buffers.
@Suite struct GradientCheckTests {
    typealias Builder = @Sendable (inout NetworkDescription) -> Void

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let input: FeatureShape
        let imageCount: Int
        let build: Builder

        var testDescription: String { name }

        init(
            _ name: String, _ height: Int, _ width: Int, _ channels: Int, images: Int,
            _ build: @escaping Builder
        ) {
            self.name = name
            input = FeatureShape(height: height, width: width, channels: channels)
            imageCount = images
            self.build = build
        }
    }

    static let cases: [Case] = [
        Case("convolution", 5, 7, 3, images: 1) { $0.append(Convolution(channels: 5, kernel: 3)) },
        Case("convolution, ReLU", 5, 7, 3, images: 2) {
            $0.append(Convolution(channels: 17, kernel: 3, stride: 2, padding: 1))
            $0.append(ReLU())
        },
        Case("convolution without bias, ReLU", 4, 7, 3, images: 2) {
            $0.append(Convolution(channels: 5, kernel: 1, hasBias: false))
            $0.append(ReLU())
        },
        Case("convolution, GELU", 5, 7, 3, images: 1) {
            $0.append(Convolution(channels: 5, kernel: 5, padding: 2))
            $0.append(GELU())
        },
        Case("convolution, batch norm, ReLU, pool", 5, 6, 3, images: 2) {
            $0.append(Convolution(channels: 4, kernel: 3, padding: 1))
            $0.append(BatchNorm())
            $0.append(ReLU())
            $0.append(MaxPool(2))
        },
        Case("convolution, pool, batch norm, GELU", 5, 6, 3, images: 2) {
            $0.append(Convolution(channels: 4, kernel: 3, padding: 1, hasBias: false))
            $0.append(MaxPool(2))
            $0.append(BatchNorm())
            $0.append(GELU())
        },
        Case("batch norm", 5, 7, 3, images: 3) { $0.append(BatchNorm()) },
        Case("batch norm without scale, GELU", 5, 7, 3, images: 3) {
            $0.append(BatchNorm(hasScale: false))
            $0.append(GELU())
        },
        Case("batch norm, ReLU", 3, 7, 17, images: 2) {
            $0.append(BatchNorm())
            $0.append(ReLU())
        },
        Case("max pool with a rest", 5, 7, 3, images: 2) { $0.append(MaxPool(2)) },
        Case("overlapping max pool", 5, 7, 3, images: 1) {
            $0.append(MaxPool(3, stride: 2, padding: 1))
        },
        Case("average pool", 5, 7, 3, images: 2) {
            $0.append(AveragePool(3, stride: 2, padding: 1, countsPadding: false))
        },
        Case("global average", 5, 7, 3, images: 2) { $0.append(GlobalAveragePool()) },
        Case("flatten, dense, ReLU", 3, 7, 3, images: 2) {
            $0.append(Flatten())
            $0.append(Dense(5))
            $0.append(ReLU())
        },
        Case("dense on features", 1, 7, 3, images: 1) { $0.append(Dense(5, hasBias: false)) },
        Case("frozen dense, cosine", 1, 7, 3, images: 2) {
            $0.append(Dense(5, isFrozen: true, initialWeight: .normal(deviation: 0.5)))
            $0.append(Cosine())
            $0.append(Dense(2))
        },
        Case("scale", 1, 7, 3, images: 2) { $0.append(Scale(0.25)) },
        Case("scale and offset", 1, 5, 3, images: 2) { $0.append(Scale(-2, offset: 3)) },
        Case("dropout", 1, 7, 3, images: 2) { $0.append(Dropout(0.3), named: "dropout") },
        Case("residual, ReLU", 5, 7, 3, images: 2) {
            let input = $0.last
            $0.append(Convolution(channels: 3, kernel: 3, padding: 1, hasBias: false))
            let main = $0.append(BatchNorm())
            $0.append(Addition(), from: [main, input])
            $0.append(ReLU())
        },
        Case("shortcut with a convolution", 5, 7, 3, images: 2) {
            let input = $0.last
            let main = $0.append(Convolution(channels: 5, kernel: 3, stride: 2, padding: 1))
            let shortcut = $0.append(
                Convolution(channels: 5, kernel: 1, stride: 2), from: [input])
            $0.append(Addition(), from: [shortcut, main])
        },
        Case("a value added to itself", 3, 5, 3, images: 1) {
            let value = $0.append(GELU())
            $0.append(Addition(), from: [value, value])
        },
        Case("sums that share a buffer with a branch", 3, 5, 3, images: 2) {
            let input = $0.last
            let first = $0.append(Convolution(channels: 3, kernel: 3, padding: 1))
            let second = $0.append(
                Convolution(channels: 3, kernel: 3, padding: 1), from: [input])
            let sum = $0.append(Addition(), from: [first, input])
            $0.append(Addition(), from: [sum, second])
        },
        Case("elementwise branches of a shared gradient", 3, 5, 3, images: 2) {
            let input = $0.last
            let first = $0.append(GELU(), from: [input])
            let second = $0.append(BatchNorm(), from: [input])
            let third = $0.append(ReLU(), from: [second])
            let sum = $0.append(Addition(), from: [first, third])
            $0.append(Addition(), from: [sum, second])
        },
    ]

    /// A network that starts with a probe, and an output gradient to weigh its outputs with.
    private func prepare(_ check: Case) throws -> (Workbench, images: [Float], weights: [Float]) {
        var description = NetworkDescription("check", input: check.input)
        description.append(Probe(shape: check.input, imageCount: check.imageCount), named: "input")
        check.build(&description)
        let workbench = try Workbench(description, imageCount: check.imageCount)
        let images = [Float](repeating: 0, count: check.imageCount * check.input.count)
        let weights = Golden.values(
            RandomKey(seed: 5), count: check.imageCount * workbench.network.outputShape.count)
        return (workbench, images, weights)
    }

    /// The gradients that are not those of the outputs, by name and position.
    private func wrongGradients(_ check: Case) throws -> [String] {
        let (workbench, images, weights) = try prepare(check)
        _ = workbench.train(images, outputGradient: weights)
        let parameters = workbench.parameters
        let gradients = workbench.gradients
        var wrong: [String] = []
        for entry in workbench.network.layout.parameters where entry.isTrainable {
            for index in entry.range {
                func loss(_ offset: Float) -> Double {
                    workbench.parameters = parameters
                    workbench.parameters[index] += offset
                    return zip(workbench.forward(images), weights)
                        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                }
                let own = Double(gradients[index])
                let agrees = [Float(0x1p-8), 0x1p-10].contains { step in
                    let right = (loss(step) - loss(0)) / Double(step)
                    let left = (loss(0) - loss(-step)) / Double(step)
                    let central = (left + right) / 2
                    // At a kink of ReLU or max the slopes differ and the central one means little;
                    // a shorter step may not reach the kink.
                    return abs(own - central) <= 3e-3 * max(1, abs(central)) + abs(right - left)
                }
                if !agrees {
                    wrong.append("\(entry.name)[\(index - entry.range.lowerBound)]: \(own)")
                }
            }
        }
        return wrong
    }

    @Test(arguments: cases)
    func gradientsAgreeWithDifferences(_ check: Case) throws {
        #expect(try wrongGradients(check) == [])
    }

    @Test func wrongGradientsAreFound() throws {
        let check = Case("wrong", 2, 3, 3, images: 1) { $0.append(WrongScale()) }
        #expect(try wrongGradients(check).count == 2 * 3 * 3)
    }
}

/// Doubles its input and forgets so in the backward pass.
private struct WrongScale: Layer {
    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }

    func forward(_ pass: ForwardPass) {
        for index in 0..<pass.imageCount * pass.outputShape.count {
            pass.output[index] = 2 * pass.input()[index]
        }
    }

    func backward(_ pass: BackwardPass) {
        pass.inputGradient()?
            .update(from: pass.outputGradient, count: pass.imageCount * pass.outputShape.count)
    }
}
