import Optimizers
import Testing

/// Any cutting of the parameters gives the same bits.
struct SliceTests {
    static let variants: [(String, OptimizerSettings)] = [
        ("sgd", OptimizerSettings()),
        ("sgd", OptimizerSettings(momentum: 0.9)),
        ("sgd", OptimizerSettings(momentum: 0.9, nesterov: true)),
        ("adam", OptimizerSettings()),
        ("adamw", OptimizerSettings()),
        ("rmsprop", OptimizerSettings()),
        ("rmsprop", OptimizerSettings(momentum: 0.9)),
        ("rmsprop", OptimizerSettings(centered: true)),
        ("rmsprop", OptimizerSettings(momentum: 0.9, centered: true)),
        ("adagrad", OptimizerSettings()),
        ("lars", OptimizerSettings()),
        ("lamb", OptimizerSettings()),
        ("muon", OptimizerSettings()),
    ]
    static let count = 203

    /// As frozen parameters have none, and biases before a batch normalisation.
    @Test(arguments: variants)
    func withoutGradientsNothingChangesAlsoWithoutEpsilon(
        _ variant: (String, OptimizerSettings)
    ) throws {
        let type = try OptimizerCatalog.type(named: variant.0)
        var settings = variant.1
        if type.settingNames.contains(.epsilon) { settings.epsilon = 0 }
        let optimizer = try OptimizerCatalog.make(variant.0, settings)
        // Others divide by norms, of which they take care themselves.
        guard !(optimizer is any LayerwiseOptimizer) else { return }
        var state = OptimizerState(goldenValues(0, Self.count), for: optimizer)
        for step in 1...2 {
            state.withSlice { optimizer.update($0, StepSettings(step: step, learningRate: 0.1)) }
        }
        #expect(state.parameters == goldenValues(0, Self.count))
    }

    /// Three steps with the parameters cut at some positions.
    private func bits(
        _ variant: (String, OptimizerSettings), cutAt cuts: [Int],
        gradientAt: (Int) -> Float? = { _ in nil }
    ) throws -> [UInt32] {
        let optimizer = try OptimizerCatalog.make(variant.0, variant.1)
        var state = OptimizerState(goldenValues(0, Self.count), for: optimizer)
        let bounds = [0] + cuts + [Self.count]
        for step in 1...3 {
            state.gradients = goldenValues(1000 * step, Self.count)
            for index in state.gradients.indices {
                if let gradient = gradientAt(index) { state.gradients[index] = gradient }
            }
            let settings = StepSettings(
                step: step, learningRate: 0.03, weightDecay: 0.01, gradientScale: 0.3)
            state.withSlice { slice in
                for (first, end) in zip(bounds, bounds.dropFirst()) {
                    optimizer.update(slice[first..<end], settings)
                }
            }
        }
        return state.bits
    }

    @Test(arguments: variants)
    func cuttingChangesNoBit(_ variant: (String, OptimizerSettings)) throws {
        let whole = try bits(variant, cutAt: [])
        let cuttings = [
            [100], [16, 32, 48], [1, 2, 3, 20, 37, 200], [0, 0, 203], Array(1..<Self.count),
        ]
        for cuts in cuttings {
            #expect(try bits(variant, cutAt: cuts) == whole, "cut at \(cuts)")
        }
    }

    @Test(arguments: variants)
    func elementsDoNotMix(_ variant: (String, OptimizerSettings)) throws {
        let clean = try bits(variant, cutAt: [])
        let spoiled = try bits(variant, cutAt: []) { $0 == 7 || $0 == 202 ? .nan : nil }
        for (index, pair) in zip(clean, spoiled).enumerated() {
            let isSpoiled = [7, 202].contains(index % Self.count)
            #expect(isSpoiled == Float(bitPattern: pair.1).isNaN, "element \(index)")
            #expect(isSpoiled || pair.0 == pair.1, "element \(index)")
        }
    }

    @Test func variantsCoverTheTable() {
        #expect(Set(Self.variants.map(\.0)) == Set(OptimizerCatalog.names))
    }
}
