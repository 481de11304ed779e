import Kernels
import Randomness
import Testing
import VectorInterface

/// Each vector kernel, in each instruction set that this processor has, beside a plain loop in
/// double.
@Suite struct VectorKernelTests {
    static let sets = InstructionSet.available

    static let extents: [(rows: Int, columns: Int)] = [
        (1, 1), (3, 7), (65, 16), (300, 33), (130, 64),
    ]

    private func random(_ name: String, _ count: Int, scale: Float = 1, offset: Float = 0)
        -> [Float]
    {
        let key = RandomKey(seed: 11).derived(name)
        return (0..<count).map { offset + scale * (2 * key.uniform(at: $0) - 1) }
    }

    /// Whether all values are near those expected; what is no number is not.
    private func isClose(_ own: [Float], _ expected: [Double], _ tolerance: Double) -> Bool {
        own.count == expected.count
            && zip(own, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
    }

    private func expectClose(
        _ own: [Float], _ expected: [Double], _ tolerance: Double,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(isClose(own, expected, tolerance), sourceLocation: location)
    }

    @Test("A value that was not written, or is far off, is seen wherever it is", arguments: 0..<3)
    func comparison(place: Int) {
        let values: [Double] = [1, -200, 0.5]
        #expect(isClose(values.map { Float($0) }, values, 1e-6))
        for wrong in [Float.nan, .infinity, 7] {
            var own = values.map { Float($0) }
            own[place] = wrong
            #expect(!isClose(own, values, 1e-6))
        }
        #expect(!isClose([1, -200], values, 1e-6))
    }

    private func activation(_ x: Double, _ kind: FusedActivation) -> Double {
        switch kind {
        case .identity: x
        case .relu: max(x, 0)
        case .gelu: x * 0.5 * (1 + errorFunction(x / 2.0.squareRoot()))
        }
    }

    private func slope(_ x: Double, _ kind: FusedActivation) -> Double {
        switch kind {
        case .identity: 1
        case .relu: x > 0 ? 1 : 0
        case .gelu:
            (activation(x + 1e-6, .gelu) - activation(x - 1e-6, .gelu)) / 2e-6
        }
    }

    @Test(arguments: sets, [FusedActivation.identity, .relu, .gelu])
    func activations(_ set: InstructionSet, _ kind: FusedActivation) {
        for count in [1, 15, 16, 17, 1000] {
            let x = random("x", count, scale: 8)
            let dy = random("dy", count)
            var y = [Float](repeating: .nan, count: count)
            set.kernels.activate(x, kind, into: &y, count: count)
            expectClose(y, x.map { activation(Double($0), kind) }, 2e-6)
            set.kernels.activationGradient(at: x, kind, outputGradient: dy, into: &y, count: count)
            expectClose(y, zip(x, dy).map { slope(Double($0), kind) * Double($1) }, 2e-6)
            let sum = zip(x, dy).map { activation(Double($0) + Double($1), kind) }
            set.kernels.add(x, dy, kind, into: &y, count: count)
            expectClose(y, sum, 3e-6)
        }
    }

    @Test(arguments: sets) func nanPassesThroughReLU(_ set: InstructionSet) {
        let x: [Float] = [.nan, -1, 2]
        var y: [Float] = [0, 0, 0]
        set.kernels.activate(x, .relu, into: &y, count: 3)
        #expect(y[0].isNaN && y[1] == 0 && y[2] == 2)
    }

    @Test(arguments: sets) func elementwise(_ set: InstructionSet) {
        for count in [1, 16, 33, 100] {
            let a = random("a", count)
            let b = random("b", count)
            var y = b
            set.kernels.accumulate(a, into: &y, count: count)
            #expect(y == zip(b, a).map { $0 + $1 })
            set.kernels.scale(a, by: 0.3, into: &y, count: count)
            #expect(y == a.map { 0.3 * $0 })
            set.kernels.multiply(a, b, into: &y, count: count)
            #expect(y == zip(a, b).map { $0 * $1 })
        }
    }

    @Test(arguments: sets, extents.indices) func rows(_ set: InstructionSet, _ extent: Int) {
        let (rows, columns) = Self.extents[extent]
        let matrix = random("matrix", rows * columns)
        let bias = random("bias", columns)
        var biased = matrix
        set.kernels.addBias(bias, .relu, to: &biased, rows: rows, columns: columns)
        #expect(biased == matrix.indices.map { max(matrix[$0] + bias[$0 % columns], 0) })
        for accumulates in [false, true] {
            var sums = bias
            set.kernels.sumRows(
                of: matrix, rows: rows, columns: columns, accumulates: accumulates, into: &sums)
            let expected = (0..<columns).map { column in
                (0..<rows).reduce(accumulates ? Double(bias[column]) : 0) {
                    $0 + Double(matrix[$1 * columns + column])
                }
            }
            expectClose(sums, expected, 1e-5)
        }
    }

    /// The mean is a thousand deviations: without the shift nothing of the variance would be left.
    @Test(arguments: sets, extents.indices) func moments(_ set: InstructionSet, _ extent: Int) {
        let (rows, columns) = Self.extents[extent]
        let matrix = random("matrix", rows * columns, scale: 0.01, offset: 10)
        var sums = [Double](repeating: 0, count: columns)
        var squares = sums
        let first = rows / 3
        matrix.withUnsafeBufferPointer { matrix in
            guard let base = matrix.baseAddress else { return }
            for part in [0..<first, first..<rows] {
                set.kernels.addShiftedMoments(
                    of: base + part.lowerBound * columns, pivot: base, rows: part.count,
                    columns: columns, sums: &sums, squares: &squares)
            }
        }
        for column in 0..<columns {
            let shifted = (0..<rows).map {
                Double(matrix[$0 * columns + column]) - Double(matrix[column])
            }
            let sum = shifted.reduce(0, +)
            let square = shifted.reduce(0) { $0 + $1 * $1 }
            #expect(abs(sums[column] - sum) <= 1e-6 * Double(rows) * 0.02)
            #expect(abs(squares[column] - square) <= 1e-5 * square + 1e-12)
        }
    }

    @Test(arguments: sets, [FusedActivation.identity, .relu, .gelu])
    func normalization(_ set: InstructionSet, _ kind: FusedActivation) {
        for (rows, columns) in Self.extents {
            let x = random("x", rows * columns, scale: 2)
            let dy = random("dy", rows * columns)
            let (scale, shift) = (random("scale", columns), random("shift", columns))
            let (mean, slopes) = (random("mean", columns), random("slope", columns))
            let offset = random("offset", columns)
            let z = x.indices.map {
                Double(scale[$0 % columns]) * Double(x[$0]) + Double(shift[$0 % columns])
            }
            var y = [Float](repeating: .nan, count: x.count)
            set.kernels.normalize(
                x, rows: rows, columns: columns, scale: scale, shift: shift, kind, into: &y)
            expectClose(y, z.map { activation($0, kind) }, 2e-6)

            let dz = x.indices.map { Double(dy[$0]) * slope(z[$0], kind) }
            var sums = [Double](repeating: .nan, count: columns)
            var products = sums
            set.kernels.normalizationGradientSums(
                x, outputGradient: dy, rows: rows, columns: columns, scale: scale, shift: shift,
                mean: mean, kind, sums: &sums, products: &products)
            for column in 0..<columns {
                let own = (0..<rows).map { $0 * columns + column }
                let sum = own.reduce(0) { $0 + dz[$1] }
                let product = own.reduce(0) { $0 + dz[$1] * (Double(x[$1]) - Double(mean[column])) }
                #expect(abs(sums[column] - sum) < 1e-4)
                #expect(abs(products[column] - product) < 1e-4)
            }

            var dx = dy
            dx.withUnsafeMutableBufferPointer { dx in
                guard let base = dx.baseAddress else { return }
                set.kernels.normalizationGradient(
                    x, outputGradient: base, rows: rows, columns: columns, scale: scale,
                    shift: shift, mean: mean, slope: slopes, offset: offset, kind, into: base)
            }
            let expected = x.indices.map {
                let column = $0 % columns
                return Double(scale[column]) * dz[$0]
                    + Double(slopes[column]) * (Double(x[$0]) - Double(mean[column]))
                    + Double(offset[column])
            }
            expectClose(dx, expected, 4e-6)
        }
    }

    @Test(arguments: sets) func softmax(_ set: InstructionSet) {
        for (rows, columns) in Self.extents {
            let x = random("x", rows * columns, scale: 30)
            var probabilities = [Float](repeating: .nan, count: x.count)
            var logNormalizers = [Float](repeating: .nan, count: rows)
            set.kernels.softmax(
                x, rows: rows, columns: columns, into: &probabilities,
                logNormalizers: &logNormalizers)
            for row in 0..<rows {
                let values = x[row * columns..<(row + 1) * columns].map(Double.init)
                let largest = values.max() ?? 0
                let powers = values.map { exponential($0 - largest) }
                let sum = powers.reduce(0, +)
                expectClose(
                    Array(probabilities[row * columns..<(row + 1) * columns]),
                    powers.map { $0 / sum }, 1e-6)
                expectClose([logNormalizers[row]], [largest + logarithm(sum)], 1e-6)
            }
        }
    }

    /// With the same width in memory and fused multiply-adds in both, the two give the same bits.
    @Test(.enabled(if: sets.contains(.x86_64_v4), "needs a processor with AVX-512"))
    func wideSetsAgree() {
        let x = random("x", 1000, scale: 8)
        var narrow = [Float](repeating: 0, count: 1000)
        var wide = narrow
        InstructionSet.x86_64_v3.kernels.activate(x, .gelu, into: &narrow, count: 1000)
        InstructionSet.x86_64_v4.kernels.activate(x, .gelu, into: &wide, count: 1000)
        #expect(narrow == wide)
    }
}
