import Layers
import Randomness
import Testing

/// Initial values: their distribution, and what they depend on.
@Suite struct InitializerTests {
    static let key = RandomKey(seed: 9).derived("conv1.weight")

    private func values(_ initializer: Initializer, _ count: Int = 40_000) -> [Double] {
        (0..<count).map { Double(initializer.value(at: $0, key: Self.key)) }
    }

    @Test(arguments: [
        (Initializer.fanIn(25), 0.2), (.heUniform(fanIn: 24), 0.5),
        (.xavierUniform(fanIn: 10, fanOut: 14), 0.5), (.uniform(bound: 3), 3),
    ])
    func uniformOnes(_ initializer: Initializer, _ bound: Double) {
        let values = values(initializer)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        #expect(values.allSatisfy { abs($0) <= bound * 1.000001 })
        #expect(abs(mean) < 0.02 * bound)
        #expect(abs(variance / (bound * bound / 3) - 1) < 0.03)
    }

    @Test(arguments: [
        (Initializer.heNormal(fanIn: 50), 0.2), (.xavierNormal(fanIn: 20, fanOut: 30), 0.2),
    ])
    func normalOnes(_ initializer: Initializer, _ deviation: Double) {
        let values = values(initializer)
        let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(values.count)
        #expect(abs(variance.squareRoot() / deviation - 1) < 0.02)
        // The kurtosis tells a normal distribution, 3, from a uniform one, 1.8.
        #expect(abs(fourth / (variance * variance) - 3) < 0.15)
    }

    @Test func valuesDependOnTheNameAndTheNumberAlone() {
        let first = Initializer.fanIn(9)
        let other = RandomKey(seed: 9).derived("conv2.weight")
        #expect(first.value(at: 5, key: Self.key) == first.value(at: 5, key: Self.key))
        #expect(first.value(at: 5, key: Self.key) != first.value(at: 6, key: Self.key))
        #expect(first.value(at: 5, key: Self.key) != first.value(at: 5, key: other))
        #expect(first.value(at: 5, key: Self.key) == 0.084_562_66)
    }
}
