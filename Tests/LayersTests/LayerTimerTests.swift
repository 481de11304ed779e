import Layers
import Testing

/// The time by layers, and the layers' readable names.
@Suite struct LayerTimerTests {
    private static let image = FeatureShape(height: 16, width: 16, channels: 3)

    /// Which layers are one with others may change; these never are the later ones.
    @Test func namedLayersKeepTheirNamesAndOthersAreNamedAfterTheLayerBefore() throws {
        let names = try Network(
            .resNet18(input: Self.image, classCount: 4), batch: 1, mode: .training
        ).layerNames
        #expect(names.first == "conv1")
        #expect(names.last == "fc")
        for name in ["blocks.0.conv1", "blocks.2.shortcut.0", "blocks.7.conv2"] {
            #expect(names.count { $0 == name } == 1, "\(name)")
        }
        let pool = try #require(names.first { $0.hasSuffix(" GlobalAveragePool") })
        #expect(pool.hasPrefix("blocks.7."))
        #expect(!names.contains { $0.hasSuffix("ReLU") }, "they are part of others")
    }

    @Test func everyModelHasDifferentNames() throws {
        let image = FeatureShape(height: 32, width: 32, channels: 3)
        for entry in ModelCatalog.all {
            let network = try ModelCatalog.make(entry.name, input: image, outputCount: 10)
            let names = try Network(network, batch: 1, mode: .training).layerNames
            #expect(Set(names).count == names.count, "\(entry.name): \(names)")
        }
    }

    @Test func unnamedLayersAreTold() throws {
        var description = NetworkDescription("unnamed", input: Self.image)
        description.append(Flatten())
        description.append(Scale(2))
        description.append(Scale(2))
        description.append(Dense(2))
        description.append(Scale(2))
        description.append(Scale(2))
        let network = try Network(description, batch: 1, mode: .training)
        #expect(
            network.layerNames == [
                "Flatten", "Scale", "Scale 2", "layers.3", "layers.3 Scale", "layers.3 Scale 2",
            ])
        // As the parameters are called.
        #expect(network.layout.parameters.map(\.name).contains("layers.3.weight"))
    }

    @Test func everyPhaseOfEveryLayerIsTimed() throws {
        let bench = try Workbench(
            .cifarNet(input: Self.image, classCount: 4), imageCount: 2)
        let timer = LayerTimer(layerCount: bench.network.layerNames.count)
        bench.network.timer = timer
        let images = Golden.values(Golden.key, count: 2 * 16 * 16 * 3)
        let start = ContinuousClock.now
        _ = bench.train(images, outputGradient: Array(repeating: 1, count: 8))
        let duration = ContinuousClock.now - start
        var sum = Duration.zero
        for layer in bench.network.layerNames.indices {
            for phase in LayerTimer.Phase.allCases {
                let part = timer.duration(ofLayer: layer, phase)
                // Layers without filters prepare nothing.
                if phase != .prepare || layer == 0 {
                    #expect(part > .zero, "\(bench.network.layerNames[layer]), \(phase)")
                }
                sum += part
            }
        }
        #expect(sum < duration)

        // Without new parameters nothing is prepared again, and without a timer nothing is timed.
        let prepared = timer.duration(ofLayer: 0, .prepare)
        let forward = timer.duration(ofLayer: 0, .forward)
        _ = bench.forward(images)
        #expect(timer.duration(ofLayer: 0, .prepare) == prepared)
        #expect(timer.duration(ofLayer: 0, .forward) > forward)
        let last = timer.duration(ofLayer: 0, .forward)
        bench.network.timer = nil
        _ = bench.forward(images)
        #expect(timer.duration(ofLayer: 0, .forward) == last)
    }
}
