import Foundation
import Kernels
import Layers
import Randomness
import Testing

/// Whole networks beside PyTorch with the same initial weights and inputs: logits, loss, every
/// gradient, running statistics, and ten steps of SGD with momentum.
@Suite struct NetworkGoldenTests {
    struct Values: Decodable {
        let values: [Double]
        let difference: Double
    }

    struct Sampled: Decodable {
        let norm: Double
        let samples: [Double]
        let difference: Double
        let relativeDifference: Double?
    }

    struct File: Decodable {
        let batch: Int
        let imageShape: [Int]
        let labels: [Int32]
        let imagesNorm: Double
        let logits: Values
        let loss: Values
        let smoothedLoss: Values
        let losses: Values
        let finalLogits: Values
        let gradients: [String: Sampled]
        let statistics: [String: Sampled]
        let finalParameters: [String: Sampled]
        let finalStatistics: [String: Sampled]
    }

    struct Model: CustomTestStringConvertible, Sendable {
        let name: String
        let method: ConvolutionMethod
        let make: @Sendable (FeatureShape) -> NetworkDescription
        var testDescription: String { "\(name), \(method.rawValue)" }

        /// How far gradients may be from PyTorch's, relative to their size.
        ///
        /// Winograd's method rounds five times as coarsely as the direct one. That alone would stay
        /// under 3e-5, but of the millions of activations some lie so near to 0 that their ReLU, or
        /// so near to another that their max pooling, then decides otherwise than PyTorch's, which
        /// changes single terms of the gradients by their whole size; in speednet one such decision
        /// differs in the direct method, too. `WinogradNetworkTests` compares gradients where
        /// nothing is decided.
        var gradientTolerance: Double {
            switch (name, method) {
            case ("speednet", _), ("resnet18", .winograd): 5e-3
            default: 1.5e-5
            }
        }
        /// The same for ten steps, in which differences of gradients add up.
        var trajectoryTolerance: Double {
            name == "speednet" ? 1e-2 : method == .direct ? 3e-4 : 2e-3
        }
    }

    static let models = [ConvolutionMethod.direct, .winograd].flatMap { method in
        [
            Model(name: "mnist-cnn", method: method) {
                .mnistCNN(input: $0, classCount: 10, dropoutRate: 0)
            },
            Model(name: "cifar-net", method: method) { .cifarNet(input: $0, classCount: 10) },
            Model(name: "resnet18", method: method) { .resNet18(input: $0, classCount: 10) },
            Model(name: "speednet", method: method) { .speedNet(input: $0, classCount: 10) },
        ]
    }

    /// How far a tensor is from its golden samples, relative to the tensor's own size.
    private func relativeDifference(_ own: [Float], _ golden: Sampled) -> Double {
        guard !own.isEmpty else { return .infinity }
        let count = golden.samples.count
        let samples = (0..<count).map { own[$0 * own.count / count] }
        let scale = max(golden.norm / Double(own.count).squareRoot(), 1e-6)
        let ofSamples = largestDifference(samples, golden.samples) / scale
        return max(ofSamples / 8, abs(norm(own) - golden.norm) / max(golden.norm, 1e-6))
    }

    private func makeWorkbench(_ model: Model, _ golden: File) throws -> (Workbench, [Float]) {
        let shape = FeatureShape(
            height: golden.imageShape[1], width: golden.imageShape[2],
            channels: golden.imageShape[0])
        let workbench = try Workbench(
            model.make(shape).computingConvolutions(by: model.method), imageCount: golden.batch)
        for parameter in workbench.network.layout.parameters {
            let key = Golden.key.derived(parameter.name)
            let count = parameter.range.count
            let isNorm = parameter.shape.count == 1 && !isBiasOfWeights(parameter, workbench)
            let values: [Float]
            if isNorm {
                let base: Float = parameter.name.hasSuffix(".weight") ? 1 : 0
                values = Golden.values(key, count: count, bound: 0.1).map { base + $0 }
            } else {
                values = Golden.values(
                    key, count: count,
                    bound: Float(1 / Double(fanIn(parameter, workbench)).squareRoot()))
            }
            workbench.set(parameter.name, to: values)
        }
        let images = Golden.values(
            Golden.key.derived("images"), count: golden.batch * shape.count)
        #expect(abs(norm(images) - golden.imagesNorm) < 1e-4 * golden.imagesNorm)
        return (workbench, Golden.channelsLast(images, batch: golden.batch, shape: shape))
    }

    private func weight(
        of parameter: ParameterLayout.Parameter, _ workbench: Workbench
    ) -> ParameterLayout.Parameter? {
        let prefix = parameter.name.split(separator: ".").dropLast().joined(separator: ".")
        return workbench.network.layout.parameters.first { $0.name == "\(prefix).weight" }
    }

    private func isBiasOfWeights(
        _ parameter: ParameterLayout.Parameter, _ workbench: Workbench
    ) -> Bool {
        (weight(of: parameter, workbench)?.shape.count ?? 1) > 1
    }

    private func fanIn(_ parameter: ParameterLayout.Parameter, _ workbench: Workbench) -> Int {
        weight(of: parameter, workbench)?.shape.dropFirst().reduce(1, *) ?? 1
    }

    /// One training pass; returns the mean loss and the logits, gradients are of the mean loss.
    private func train(
        _ workbench: Workbench, _ images: [Float], _ golden: File, labelSmoothing: Float = 0
    ) -> (loss: Float, logits: [Float]) {
        let loss = SoftmaxCrossEntropy(labelSmoothing: labelSmoothing)
        let count = golden.batch
        var scratch = [Float](
            repeating: 0,
            count: SoftmaxCrossEntropy.scratchCount(imageCount: count, outputCount: 10))
        var mean: Float = 0
        let logits = workbench.train(images) { outputs, gradient in
            let value = loss.evaluate(
                outputs, labels: golden.labels, targets: golden.labels.map(Float.init),
                imageCount: count, outputCount: 10,
                gradients: gradient, scratch: &scratch)
            mean = value.sum / Float(count)
        }
        for index in workbench.gradients.indices { workbench.gradients[index] /= Float(count) }
        return (mean, logits)
    }

    private func updateStatistics(_ workbench: Workbench, imageCount: Int) {
        for statistic in workbench.network.layout.statistics {
            for index in statistic.range {
                let batch = workbench.batchStatistics[index] / Float(imageCount)
                workbench.statistics[index] +=
                    statistic.momentum * (batch - workbench.statistics[index])
            }
        }
    }

    @Test(arguments: models)
    func oneStep(_ model: Model) throws {
        let golden = try Golden.decode(File.self, from: "\(model.name).json")
        let (workbench, images) = try makeWorkbench(model, golden)
        let (loss, logits) = train(workbench, images, golden)
        updateStatistics(workbench, imageCount: golden.batch)
        #expect(largestDifference([loss], golden.loss.values) < 2e-6)
        #expect(largestDifference(logits, golden.logits.values) < 5e-6)
        for (name, expected) in golden.gradients {
            let own = workbench.fileValues(name, in: workbench.gradients)
            // A bias before batch normalisation has the gradient 0, up to rounding.
            let isZero = expected.relativeDifference == nil
            let difference =
                isZero ? norm(own) : relativeDifference(own, expected)
            #expect(
                difference < (isZero ? 2e-6 : model.gradientTolerance),
                "gradient of \(name): \(difference)")
        }
        for (name, expected) in golden.statistics {
            let difference = relativeDifference(
                workbench.statistic(name, in: workbench.statistics), expected)
            #expect(difference < 2e-6, "\(name): \(difference)")
        }
        let trainable = workbench.network.layout.parameters.filter(\.isTrainable).map(\.name)
        #expect(Set(trainable) == Set(golden.gradients.keys))
        #expect(
            Set(workbench.network.layout.statistics.map(\.name)) == Set(golden.statistics.keys))
    }

    @Test(arguments: models)
    func smoothedLoss(_ model: Model) throws {
        let golden = try Golden.decode(File.self, from: "\(model.name).json")
        let (workbench, images) = try makeWorkbench(model, golden)
        let (loss, _) = train(workbench, images, golden, labelSmoothing: 0.1)
        #expect(largestDifference([loss], golden.smoothedLoss.values) < 2e-6)
    }

    @Test(arguments: models)
    func tenSteps(_ model: Model) throws {
        let golden = try Golden.decode(File.self, from: "\(model.name).json")
        let (workbench, images) = try makeWorkbench(model, golden)
        var momentum = [Float](repeating: 0, count: workbench.parameters.count)
        for step in 0..<10 {
            let (loss, _) = train(workbench, images, golden)
            #expect(
                largestDifference([loss], [golden.losses.values[step]])
                    < model.trajectoryTolerance / 15, "step \(step)")
            updateStatistics(workbench, imageCount: golden.batch)
            for entry in workbench.network.layout.parameters where entry.isTrainable {
                for index in entry.range {
                    momentum[index] = 0.9 * momentum[index] + workbench.gradients[index]
                    workbench.parameters[index] -= 0.01 * momentum[index]
                }
            }
        }
        for (name, expected) in golden.finalParameters {
            let difference = relativeDifference(
                workbench.fileValues(name, in: workbench.parameters), expected)
            #expect(difference < model.trajectoryTolerance, "\(name): \(difference)")
        }
        for (name, expected) in golden.finalStatistics {
            let difference = relativeDifference(
                workbench.statistic(name, in: workbench.statistics), expected)
            #expect(difference < model.trajectoryTolerance, "\(name): \(difference)")
        }
        let shape = FeatureShape(
            height: golden.imageShape[1], width: golden.imageShape[2],
            channels: golden.imageShape[0])
        let inference = try Network(model.make(shape), batch: golden.batch, mode: .inference)
        let logits = workbench.infer(images, through: inference)
        #expect(largestDifference(logits, golden.finalLogits.values) < model.trajectoryTolerance)
    }

    @Test func parameterCounts() throws {
        let images = FeatureShape(height: 32, width: 32, channels: 3)
        let counts = try [
            NetworkDescription.resNet18(input: images, classCount: 10),
            .cifarNet(input: images, classCount: 10),
            .mnistCNN(input: FeatureShape(height: 28, width: 28, channels: 1), classCount: 10),
        ].map { try Network($0, batch: 1, mode: .inference).layout.parameterCount }
        #expect(counts == [11_173_962, 605_962, 421_642])
    }
}
