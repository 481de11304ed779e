import Kernels
import Randomness
import Testing
import VectorInterface

/// The hash over the bits of floats, in each instruction set that this processor has.
@Suite struct BitHashTests {
    static let sets = InstructionSet.available

    /// Whole vectors, parts of them, and both.
    static let counts = [1, 7, 8, 15, 16, 17, 100, 1024]

    private func values(_ count: Int) -> [Float] {
        let key = RandomKey(seed: 5).derived("values")
        return (0..<count).map { 2 * key.uniform(at: $0) - 1 }
    }

    @Test(arguments: sets) func everyFlippedBitIsSeen(_ set: InstructionSet) {
        for count in Self.counts {
            var x = values(count)
            let hash = set.kernels.hashBits(of: x, count: count)
            for index in [0, 1, count / 2, count - 1] where index < count {
                for bit in 0..<32 {
                    let value = x[index]
                    x[index] = Float(bitPattern: value.bitPattern ^ (1 << bit))
                    #expect(set.kernels.hashBits(of: x, count: count) != hash)
                    x[index] = value
                }
            }
            #expect(set.kernels.hashBits(of: x, count: count) == hash)
        }
    }

    @Test(arguments: sets) func allSetsAgree(_ set: InstructionSet) {
        for count in Self.counts {
            let x = values(count)
            let expected = InstructionSet.baseline.kernels.hashBits(of: x, count: count)
            #expect(set.kernels.hashBits(of: x, count: count) == expected)
        }
    }

    /// Files hold these hashes, so they must not change from one version to the next.
    @Test(arguments: sets) func theHashStaysAsItIs(_ set: InstructionSet) {
        #expect(set.kernels.hashBits(of: [], count: 0) == 0x2bb6_4cb8_b486_4d43)
        #expect(
            set.kernels.hashBits(of: [1, -2, .infinity], count: 3) == 0xe318_529d_67da_5522)
        #expect(
            set.kernels.hashBits(of: (0..<37).map(Float.init), count: 37)
                == 0x7f8f_79ec_1abd_750a)
    }

    @Test(arguments: sets) func orderAndLengthMatter(_ set: InstructionSet) {
        let x = values(64)
        let hash = set.kernels.hashBits(of: x, count: 64)
        for (first, second) in [(0, 1), (0, 16), (3, 50)] {
            var swapped = x
            swapped.swapAt(first, second)
            #expect(set.kernels.hashBits(of: swapped, count: 64) != hash)
        }
        let zeros = [Float](repeating: 0, count: 64)
        let hashes = (0...64).map { set.kernels.hashBits(of: zeros, count: $0) }
        #expect(Set(hashes).count == 65)
    }

    @Test(arguments: sets) func signsOfZerosAndBitsOfNaNMatter(_ set: InstructionSet) {
        let contents: [[Float]] = [
            [0], [-0.0], [.nan], [Float(nan: 1, signaling: false)],
            [Float(nan: 1, signaling: true)],
        ]
        for padding in [0, 20] {
            let hashes = contents.map {
                set.kernels.hashBits(
                    of: $0 + [Float](repeating: 0, count: padding), count: 1 + padding)
            }
            #expect(Set(hashes).count == contents.count)
        }
    }
}
