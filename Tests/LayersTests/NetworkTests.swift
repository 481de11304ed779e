import Diagnostics
import Layers
import Testing

/// What a network says of itself, and how it refuses.
@Suite struct NetworkTests {
    @Test func layersThatDoNotFitAreNamed() throws {
        var network = NetworkDescription(
            "tiny", input: FeatureShape(height: 4, width: 4, channels: 1))
        network.append(MaxPool(2))
        network.append(MaxPool(4), named: "pool2")
        let failure = try #require(throws: Failure.self) {
            try Network(network, batch: 1, mode: .inference)
        }
        #expect(failure.exitCode == .usage)
        #expect(failure.description.contains("tiny, layer pool2"))
        #expect(failure.description.contains("2×2×1"))
    }

    @Test func sumsOfDifferentShapesAreRefused() throws {
        var network = NetworkDescription(
            "sum", input: FeatureShape(height: 4, width: 4, channels: 1))
        let first = network.append(Convolution(channels: 2, kernel: 1), named: "a")
        let second = network.append(Convolution(channels: 3, kernel: 1), named: "b")
        network.append(Addition(), named: "sum", from: [first, second])
        let failure = try #require(throws: Failure.self) {
            try Network(network, batch: 1, mode: .training)
        }
        #expect(failure.description.contains("4×4×2 and 4×4×3"))
    }

    @Test func unknownModelsAreRefusedWithTheNearestName() throws {
        let failure = try #require(throws: Failure.self) {
            try ModelCatalog.make(
                "resnet81", input: FeatureShape(height: 32, width: 32, channels: 3),
                outputCount: 10)
        }
        #expect(failure.exitCode == .usage)
        #expect(failure.fix == "did you mean resnet18?")
    }

    @Test func networksForImagesTakeNoTables() throws {
        let failure = try #require(throws: Failure.self) {
            try ModelCatalog.make("cifar-net", input: .vector(4), outputCount: 3)
        }
        #expect(failure.exitCode == .usage)
        let models = ModelCatalog.all.filter(\.takesTables)
        #expect(models.count == 5)
        for model in models {
            let network = try Network(
                ModelCatalog.make(model.name, input: .vector(4), outputCount: 3), batch: 2,
                mode: .training)
            #expect(network.outputShape == .vector(3))
        }
    }

    /// Fewer images than the network was planned for give the same outputs as a network for just
    /// them: the last microbatch of an epoch.
    @Test func fewerImagesThanPlanned() throws {
        let description = NetworkDescription.cifarNet(
            input: FeatureShape(height: 16, width: 16, channels: 3), classCount: 4)
        let large = try Workbench(description, imageCount: 2, batch: 5)
        let small = try Workbench(description, imageCount: 2)
        let images = Golden.values(Golden.key, count: 2 * 16 * 16 * 3)
        let weights = Golden.values(Golden.key.derived("weights"), count: 8)
        #expect(
            large.train(images, outputGradient: weights)
                == small.train(images, outputGradient: weights))
        for parameter in small.network.layout.parameters {
            #expect(
                large.fileValues(parameter.name, in: large.gradients)
                    == small.fileValues(parameter.name, in: small.gradients), "\(parameter.name)")
        }
    }

    /// A network for inference keeps nothing for a backward pass.
    @Test func inferenceNeedsLessMemory() throws {
        let description = NetworkDescription.cifarNet(
            input: FeatureShape(height: 32, width: 32, channels: 3), classCount: 10)
        let training = try Network(description, batch: 64, mode: .training)
        let inference = try Network(description, batch: 64, mode: .inference)
        #expect(3 * inference.memoryByteCount < 2 * training.memoryByteCount)
    }

    @Test func filtersLieOtherwiseInMemoryThanInFiles() throws {
        var description = NetworkDescription(
            "order", input: FeatureShape(height: 3, width: 3, channels: 2))
        description.append(Convolution(channels: 3, kernel: 2, hasBias: false), named: "conv")
        let layout = try Network(description, batch: 1, mode: .inference).layout
        let parameter = try #require(layout.parameters.first)
        #expect(parameter.shape == [3, 2, 2, 2])
        // Output 1, input 1, row 0, column 1 of [output, input, row, column].
        let file = ((1 * 2 + 1) * 2 + 0) * 2 + 1
        // The same of [row, column, input, output].
        #expect(parameter.memoryIndex(ofFileIndex: file) == ((0 * 2 + 1) * 2 + 1) * 3 + 1)
        let values = (0..<24).map(Float.init)
        var slab = [Float](repeating: .nan, count: layout.slabCount)
        values.withUnsafeBufferPointer { parameter.setFileValues($0, in: &slab) }
        #expect(parameter.fileValues(in: slab) == values)
        #expect(slab[..<24] != values[...])
    }
}
