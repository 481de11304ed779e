import Optimizers
import Testing

/// Ten steps of every optimizer and variant against torch.optim.
struct OptimizerGoldenTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let optimizer: String
        let settings: OptimizerSettings
        let learningRate: Double
        let weightDecay: Double
        let gradientScale: Double
        let parameters: [Float]
        let slots: [String: [Float]]

        var testDescription: String {
            "\(optimizer) \(settings), decay \(weightDecay), scale \(gradientScale)"
        }
    }

    @Test(arguments: try Golden<Case>(named: "optimizers.json").cases)
    func tenSteps(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "optimizers.json")
        let optimizer = try OptimizerCatalog.make(expected.optimizer, expected.settings)
        let count = expected.parameters.count
        var state = OptimizerState(goldenValues(0, count), for: optimizer)
        for step in 1...10 {
            state.gradients = goldenValues(1000 * step, count)
            let settings = StepSettings(
                step: step, learningRate: expected.learningRate / Double(step),
                weightDecay: expected.weightDecay, gradientScale: expected.gradientScale)
            state.withSlice { optimizer.update($0, settings) }
        }
        for (found, number) in zip(state.parameters, expected.parameters) {
            #expect(golden.agree(Double(found), Double(number)), "\(found), expected \(number)")
        }
        #expect(Set(optimizer.slotNames) == Set(expected.slots.keys))
        for (name, numbers) in expected.slots {
            let slot = try #require(state.slot(name))
            for (found, number) in zip(slot, numbers) {
                #expect(golden.agree(Double(found), Double(number)), "\(name) \(found), \(number)")
            }
        }
    }

    /// Those that see whole tensors have goldens of their own.
    @Test func everyOptimizerHasGoldens() throws {
        let tested = Set(try Golden<Case>(named: "optimizers.json").cases.map(\.optimizer))
        let elementwise = OptimizerCatalog.all.filter {
            !($0 is any LayerwiseOptimizer.Type || $0 is any MatrixOptimizer.Type)
        }
        #expect(tested == Set(elementwise.map { $0.name }))
    }

    @Test func comparisonFindsADifference() throws {
        let golden = try Golden<Case>(named: "optimizers.json")
        #expect(golden.agree(1, 1 + 0.9e-6))
        #expect(!golden.agree(1, 1 + 1.1e-6))
        #expect(!golden.agree(.nan, 1))
    }
}
