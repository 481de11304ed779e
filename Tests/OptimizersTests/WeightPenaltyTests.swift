import Optimizers
import Testing

@Suite struct WeightPenaltyTests {
    private let weights: [Float] = [0.5, -2, 0, 3]

    @Test("The value is l2/2 · ‖w‖² + l1 · ‖w‖₁, the gradient its derivative for every sample")
    func formula() {
        var gradients: [Float] = [1, 1, 1, 1]
        let penalty = WeightPenalty(l1: 0.25, l2: 0.5)
        let value = penalty.add(to: &gradients, at: weights, count: 4, sampleCount: 8)
        // ‖w‖² is 13.25, ‖w‖₁ is 5.5; the derivative is 0.5 w + 0.25 for weights above 0.
        #expect(value == 4.6875)
        #expect(gradients == [5, -9, 1, 15])
    }

    @Test("Without factors nothing changes")
    func zero() {
        var gradients: [Float] = [1, 2, 3, 4]
        let penalty = WeightPenalty(l1: 0, l2: 0)
        #expect(penalty.isZero)
        #expect(penalty.add(to: &gradients, at: weights, count: 4, sampleCount: 8) == 0)
        #expect(gradients == [1, 2, 3, 4])
    }
}
