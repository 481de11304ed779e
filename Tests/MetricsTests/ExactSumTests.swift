import Metrics
import Randomness
import Testing

private let tiny = Double.leastNonzeroMagnitude
private let huge = Double.greatestFiniteMagnitude

@Suite struct ExactSumTests {
    private func sum(_ numbers: [Double]) -> Double {
        var sum = ExactSum()
        for number in numbers { sum.add(number) }
        return sum.value
    }

    /// Each expected number is that of Python's `math.fsum`, or the definition.
    @Test(
        arguments: [
            ([], 0), ([0.1], 0.1), ([-0.1], -0.1), ([1e100, 1, -1e100], 1),
            ([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 1),
            ([1, 0x1p-53], 1), ([1, 0x1p-53, tiny], 0x1.0000000000001p0),
            ([1, 0x1p-53, -tiny], 1), ([0x1.0000000000001p0, 0x1p-53], 0x1.0000000000002p0),
            ([-1, -0x1p-53, -tiny], -0x1.0000000000001p0),
            ([tiny, tiny, tiny], 3 * tiny),
            ([tiny, -2 * tiny], -tiny), ([1, -1], 0), ([3, -5], -2),
            ([Double.leastNormalMagnitude, -tiny], Double.leastNormalMagnitude.nextDown),
            (
                [huge, huge, -huge],
                huge
            ),
            ([huge, huge], .infinity),
            ([-huge, -huge], -.infinity),
            ([1, .infinity], .infinity), ([1, -.infinity], -.infinity),
        ] as [([Double], Double)])
    func knownSums(numbers: [Double], expected: Double) {
        #expect(sum(numbers) == expected)
    }

    @Test func invalidSumsAreNaN() {
        #expect(sum([1, .nan]).isNaN)
        #expect(sum([.infinity, -.infinity]).isNaN)
    }

    @Test func orderAndPartsDoNotMatter() {
        let key = RandomKey(seed: 3)
        let numbers = (0..<2000).map { index in
            Double(sign: .plus, exponent: key.integer(below: 1900, at: index) - 950, significand: 1)
                * (Double(key.uniform(at: 5000 + index)) - 0.5)
        }
        let expected = sum(numbers)
        for trial in 0..<20 {
            let shuffled = key.derived(trial).permutation(of: 2000).map { numbers[Int($0)] }
            #expect(sum(shuffled) == expected)
            var merged = ExactSum()
            for begin in stride(from: 0, to: 2000, by: 300) {
                var part = ExactSum()
                for number in shuffled[begin..<min(2000, begin + 300)] { part.add(number) }
                merged.merge(part)
            }
            #expect(merged.value == expected)
        }
        #expect(sum(numbers + numbers.map { -$0 }) == 0)
    }

    @Test func equalSumsAreEqualHoweverMade() {
        var first = ExactSum()
        var second = ExactSum()
        for number in [1, 1, 0x1p32, -1] { first.add(number) }
        for number in [0x1p32, 1] { second.add(number) }
        #expect(first == second)
        #expect(first.flattened == second.flattened)
        second.add(tiny)
        #expect(first != second)
    }
}
