import Optimizers
import Testing

/// Groups change the settings of their own elements, however the slices lie.
struct ParameterGroupTests {
    private let groups = [
        ParameterGroup(range: 5..<9, weightDecay: 0),
        ParameterGroup(range: 9..<30, learningRateScale: 0.5),
        ParameterGroup(range: 60..<70, learningRateScale: 0, weightDecay: 0.3),
    ]
    private let step = StepSettings(step: 1, learningRate: 0.1, weightDecay: 0.01)

    private func expected(_ position: Int, _ parameter: Float, _ gradient: Float) -> Float {
        let group = groups.first { $0.range.contains(position) }
        let rate = Float(0.1 * (group?.learningRateScale ?? 1))
        let decay = Float(group?.weightDecay ?? 0.01)
        return parameter - rate * (gradient + parameter * decay)
    }

    @Test(arguments: [[], [7], [5, 9, 30], [1, 29, 61, 64], [64, 64]])
    func groupsApplyToTheirRange(_ cuts: [Int]) throws {
        let optimizer = try OptimizerCatalog.make("sgd")
        var state = OptimizerState(goldenValues(0, 65), for: optimizer)
        state.gradients = goldenValues(1000, 65)
        let before = state.parameters
        let bounds = [0] + cuts + [65]
        state.withSlice { slice in
            for (first, end) in zip(bounds, bounds.dropFirst()) {
                optimizer.update(slice[first..<end], at: first, groups: groups, step)
            }
        }
        for (position, found) in state.parameters.enumerated() {
            #expect(found == expected(position, before[position], state.gradients[position]))
        }
    }

    @Test func positionsCountFromTheSlab() throws {
        let optimizer = try OptimizerCatalog.make("sgd")
        var state = OptimizerState(goldenValues(0, 20), for: optimizer)
        state.gradients = goldenValues(1000, 20)
        let before = state.parameters
        state.withSlice { optimizer.update($0, at: 50, groups: groups, step) }
        for (index, found) in state.parameters.enumerated() {
            #expect(found == expected(50 + index, before[index], state.gradients[index]))
        }
    }
}
