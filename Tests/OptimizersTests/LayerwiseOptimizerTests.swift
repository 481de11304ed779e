import Foundation
import Optimizers
import Testing

/// LARS and LAMB against the equations of their papers, and their independence of who holds what.
struct LayerwiseOptimizerTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Tensor: Decodable, Sendable {
            let range: [Int]
            let scaled: Bool
            let zero: Bool
        }

        let optimizer: String
        let settings: OptimizerSettings
        let learningRate: Double
        let weightDecay: Double
        let gradientScale: Double
        let tensors: [Tensor]
        let count: Int
        let steps: Int
        let stride: Int
        let parameters: [Double]
        let slots: [String: [Double]]

        var testDescription: String { "\(optimizer) \(settings), decay \(weightDecay)" }

        var plan: LayerwisePlan {
            LayerwisePlan(
                tensors.map {
                    LayerwisePlan.Tensor(range: $0.range[0]..<$0.range[1], isScaled: $0.scaled)
                })
        }
    }

    static var names: [String] {
        OptimizerCatalog.all.filter { $0 is any LayerwiseOptimizer.Type }.map { $0.name }
    }

    /// All steps, with the slab cut at some positions; the last part goes first, as another rank might.
    private func end(_ expected: Case, cutAt cuts: [Int] = []) throws -> OptimizerState {
        let optimizer = try #require(
            try OptimizerCatalog.make(expected.optimizer, expected.settings)
                as? any LayerwiseOptimizer)
        var parameters = goldenValues(0, expected.count)
        for tensor in expected.tensors where tensor.zero {
            for index in tensor.range[0]..<tensor.range[1] { parameters[index] = 0 }
        }
        var state = OptimizerState(parameters, for: optimizer)
        let bounds = [0] + cuts + [expected.count]
        for step in 1...expected.steps {
            state.gradients = goldenValues(1000 * step, expected.count)
            let settings = StepSettings(
                step: step, learningRate: expected.learningRate / Double(step),
                weightDecay: expected.weightDecay, gradientScale: expected.gradientScale)
            state.update(
                optimizer, expected.plan, settings,
                parts: zip(bounds, bounds.dropFirst()).map { $0..<$1 }.reversed())
        }
        return state
    }

    @Test(arguments: try Golden<Case>(named: "layerwise.json").cases)
    func equationsOfThePapers(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "layerwise.json")
        let state = try end(expected)
        func compare(_ name: String, _ found: [Float], _ numbers: [Double]) {
            for (index, number) in numbers.enumerated() {
                let place = index * expected.stride
                #expect(
                    golden.agree(Double(found[place]), number),
                    "\(name) \(place): \(found[place]), expected \(number)")
            }
        }
        compare("parameter", state.parameters, expected.parameters)
        for (name, numbers) in expected.slots {
            compare(name, Array(try #require(state.slot(name))), numbers)
        }
    }

    @Test(arguments: try Golden<Case>(named: "layerwise.json").cases)
    func cuttingBetweenBlocksChangesNoBit(_ expected: Case) throws {
        let whole = try end(expected).bits
        for cuts in [[4096], [8192], [4096, 8192], [0, 4096, 4096, 12_288]] {
            #expect(try end(expected, cutAt: cuts).bits == whole, "cut at \(cuts)")
        }
    }

    @Test func everyOneHasGoldens() throws {
        let tested = Set(try Golden<Case>(named: "layerwise.json").cases.map(\.optimizer))
        #expect(tested == Set(Self.names))
    }

    /// A tensor's gradient is multiplied by 1000: nothing else changes, and its own steps, of some
    /// 0.06, hardly; most where epsilon is not small beside an element.
    @Test(arguments: names)
    func tensorsDoNotMixAndScaleDoesNotMatter(_ name: String) throws {
        let optimizer = try #require(try OptimizerCatalog.make(name) as? any LayerwiseOptimizer)
        let plan = LayerwisePlan([
            LayerwisePlan.Tensor(range: 0..<5000, isScaled: true),
            LayerwisePlan.Tensor(range: 5008..<9000, isScaled: true),
        ])
        func end(factor: Float) -> [Float] {
            var state = OptimizerState(goldenValues(0, 9000), for: optimizer)
            for step in 1...3 {
                state.gradients = goldenValues(1000 * step, 9000)
                for index in 0..<5000 { state.gradients[index] *= factor }
                state.update(
                    optimizer, plan, StepSettings(step: step, learningRate: 0.1), parts: [0..<9000])
            }
            return state.parameters
        }
        let (plain, scaled) = (end(factor: 1), end(factor: 1000))
        for index in plain.indices {
            let isOther = index >= 5000
            let difference = abs(plain[index] - scaled[index])
            #expect(isOther ? difference == 0 : difference < 0.01, "parameter \(index)")
        }
    }
}
