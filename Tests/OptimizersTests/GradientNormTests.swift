import Optimizers
import Testing

/// The gradient norm against torch.nn.utils.clip_grad_norm_, and its independence of who sums.
struct GradientNormTests {
    struct Case: Decodable, Sendable {
        let count: Int
        let maximum: Double
        let norm: Double
        let firstClipped: [Double]
    }

    @Test(arguments: try Golden<Case>(named: "clipping.json").cases)
    func clipping(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "clipping.json")
        let gradients = goldenValues(0, expected.count)
        let norm = GradientNorm.norm(of: gradients, count: gradients.count)
        #expect(golden.agree(norm, expected.norm), "\(norm), expected \(expected.norm)")
        let factor = GradientNorm.clipFactor(norm: norm, maximum: expected.maximum)
        for (gradient, clipped) in zip(gradients, expected.firstClipped) {
            #expect(golden.agree(Double(gradient) * factor, clipped))
        }
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 30_000])
    func blocksSummedApartGiveTheSameBits(_ count: Int) {
        let gradients = goldenValues(0, count)
        var sums = Array(repeating: Double.nan, count: GradientNorm.blockCount(count))
        // The last block first, as another rank might.
        for block in sums.indices.reversed() {
            let start = block * GradientNorm.blockLength
            let part = Array(gradients[start..<min(count, start + GradientNorm.blockLength)])
            var sum = 0.0
            GradientNorm.sumSquares(of: part, count: part.count, into: &sum)
            sums[block] = sum
        }
        let norm = GradientNorm.norm(ofBlockSums: sums, blockCount: sums.count)
        #expect(norm == GradientNorm.norm(of: gradients, count: count))
        #expect(count > 0 || norm == 0)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func badGradientShows(_ bad: Float) {
        for position in [0, 17, 4096, 9999] {
            var gradients = goldenValues(0, 10_000)
            gradients[position] = bad
            #expect(!GradientNorm.norm(of: gradients, count: gradients.count).isFinite)
        }
    }

    @Test func hugeGradientsDoNotOverflow() {
        let gradients = Array(repeating: Float.greatestFiniteMagnitude, count: 100)
        let norm = GradientNorm.norm(of: gradients, count: 100)
        #expect(abs(norm / Double(Float.greatestFiniteMagnitude) - 10) < 1e-12)
    }

    @Test func factorOfANormThatIsNoNumberIsNone() {
        #expect(GradientNorm.clipFactor(norm: .nan, maximum: 1).isNaN)
        #expect(GradientNorm.clipFactor(norm: 0, maximum: 1) == 1)
    }
}
