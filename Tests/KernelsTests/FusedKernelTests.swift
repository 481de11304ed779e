import Kernels
import Randomness
import Testing
import VectorInterface

/// The passes that do several layers' work, in each instruction set that this processor has, beside
/// plain loops in double.
@Suite struct FusedKernelTests {
    static let sets = InstructionSet.available
    /// Rows with and without a last odd column; channels that fill no vector, one, and more.
    static let rows = [
        PooledRows(width: 2, channels: 1), PooledRows(width: 5, channels: 16),
        PooledRows(width: 8, channels: 37),
    ]

    private func random(_ name: String, _ count: Int) -> [Float] {
        let key = RandomKey(seed: 21).derived(name)
        return (0..<count).map { 2 * key.uniform(at: $0) - 1 }
    }

    /// A pair of rows with normalisation and windows' gradients, and what comes of them.
    private struct Pair {
        let rows: PooledRows
        let top: [Float]
        let bottom: [Float]
        let scale: [Float]
        let shift: [Float]
        let mean: [Float]
        let slope: [Float]
        let offset: [Float]
        let gradients: [Float]

        func z(_ channel: Int, _ x: Float) -> Double {
            Double(scale[channel]) * Double(x) + Double(shift[channel])
        }

        /// The pixels of a window and channel: their places in a row and whether in the bottom one.
        func window(_ window: Int, _ channel: Int) -> [(place: Int, isBottom: Bool)] {
            let left = 2 * window * rows.channels + channel
            return [
                (left, false), (left + rows.channels, false), (left, true),
                (left + rows.channels, true),
            ]
        }

        func value(_ pixel: (place: Int, isBottom: Bool)) -> Float {
            pixel.isBottom ? bottom[pixel.place] : top[pixel.place]
        }
    }

    private func pair(_ rows: PooledRows) -> Pair {
        let (count, channels) = (rows.width * rows.channels, rows.channels)
        return Pair(
            rows: rows, top: random("top", count), bottom: random("bottom", count),
            scale: random("scale", channels), shift: random("shift", channels),
            mean: random("mean", channels), slope: random("slope", channels),
            offset: random("offset", channels),
            gradients: random("gradients", rows.windowCount * channels))
    }

    @Test(arguments: sets, rows.indices)
    func pooling(_ set: InstructionSet, _ number: Int) {
        let pair = pair(Self.rows[number])
        let channels = pair.rows.channels
        var y = [Float](repeating: .nan, count: pair.gradients.count)
        var winners = [UInt8](repeating: 9, count: y.count)
        pair.scale.withUnsafeBufferPointer { scale in
            pair.shift.withUnsafeBufferPointer { shift in
                guard let scale = scale.baseAddress, let shift = shift.baseAddress else { return }
                set.kernels.pool(
                    pair.top, pair.bottom, pair.rows,
                    affine: ChannelAffine(scale: scale, shift: shift), .relu, into: &y,
                    winners: &winners)
            }
        }
        for index in y.indices {
            let window = pair.window(index / channels, index % channels)
            let values = window.map { max(pair.z(index % channels, pair.value($0)), 0) }
            let largest = values.max() ?? .nan
            #expect(abs(Double(y[index]) - largest) < 1e-6)
            #expect(abs(values[Int(winners[index])] - largest) < 1e-6)
        }

        var (top, bottom) = (pair.top, pair.bottom)
        set.kernels.unpool(pair.gradients, winners: winners, pair.rows, into: &top, &bottom)
        var expected = [[Float]](
            repeating: [Float](repeating: 0, count: top.count), count: 2)
        for index in y.indices {
            let pixel = pair.window(index / channels, index % channels)[Int(winners[index])]
            expected[pixel.isBottom ? 1 : 0][pixel.place] = pair.gradients[index]
        }
        #expect([top, bottom] == expected)
    }

    /// Of equal values the first wins, as in PyTorch.
    @Test(arguments: sets) func firstOfEqualsWins(_ set: InstructionSet) {
        let rows = PooledRows(width: 4, channels: 3)
        let top = [Float](repeating: 1, count: 12)
        var y = [Float](repeating: .nan, count: 6)
        var winners = [UInt8](repeating: 9, count: 6)
        set.kernels.pool(top, top, rows, affine: nil, .identity, into: &y, winners: &winners)
        #expect(y == Array(repeating: 1, count: 6) && winners == Array(repeating: 0, count: 6))
    }

    @Test(arguments: sets, rows.indices)
    func pooledNormalization(_ set: InstructionSet, _ number: Int) {
        let pair = pair(Self.rows[number])
        let channels = pair.rows.channels
        let winners = pair.gradients.indices.map { UInt8($0 * 7 % 4) }
        var sums = [Double](repeating: 1, count: channels)
        var products = sums
        var (top, bottom) = (
            [Float](repeating: .nan, count: pair.top.count),
            [Float](repeating: .nan, count: pair.top.count)
        )
        withUnsafePointers(pair.scale, pair.shift, pair.mean, pair.slope, pair.offset) {
            let affine = ChannelAffine(scale: $0[0], shift: $0[1])
            set.kernels.addPooledGradientSums(
                pair.top, pair.bottom, outputGradient: pair.gradients, winners: winners,
                pair.rows, affine: affine, mean: $0[2], .relu, sums: &sums, products: &products)
            set.kernels.pooledGradient(
                pair.top, pair.bottom, outputGradient: pair.gradients, winners: winners,
                pair.rows,
                NormalizationSlopes(affine: affine, mean: $0[2], slope: $0[3], offset: $0[4]),
                .relu, into: &top, &bottom)
        }

        var expectedSums = [Double](repeating: 1, count: channels)
        var expectedProducts = expectedSums
        var expected = [pair.top, pair.bottom].map { row in
            row.indices.map { index in
                let channel = index % channels
                return Double(pair.slope[channel])
                    * (Double(row[index]) - Double(pair.mean[channel]))
                    + Double(pair.offset[channel])
            }
        }
        for index in pair.gradients.indices {
            let channel = index % channels
            let pixel = pair.window(index / channels, channel)[Int(winners[index])]
            let x = pair.value(pixel)
            let dz = pair.z(channel, x) > 0 ? Double(pair.gradients[index]) : 0
            expectedSums[channel] += dz
            expectedProducts[channel] += dz * (Double(x) - Double(pair.mean[channel]))
            expected[pixel.isBottom ? 1 : 0][pixel.place] += Double(pair.scale[channel]) * dz
        }
        for channel in 0..<channels {
            #expect(abs(sums[channel] - expectedSums[channel]) < 1e-5)
            #expect(abs(products[channel] - expectedProducts[channel]) < 1e-5)
        }
        for (own, expected) in zip(top + bottom, expected[0] + expected[1]) {
            #expect(abs(Double(own) - expected) < 2e-6)
        }
    }

    private func withUnsafePointers(
        _ arrays: [Float]..., body: ([UnsafePointer<Float>]) -> Void
    ) {
        let copies = arrays.map { array in
            let copy = UnsafeMutablePointer<Float>.allocate(capacity: array.count)
            copy.initialize(from: array, count: array.count)
            return copy
        }
        body(copies.map { UnsafePointer($0) })
        for copy in copies { copy.deallocate() }
    }

    @Test(arguments: sets) func residual(_ set: InstructionSet) {
        for (rows, columns) in [(1, 1), (3, 7), (130, 33)] {
            let count = rows * columns
            let (x, skip) = (random("x", count), random("skip", count))
            let (scale, shift) = (random("scale", columns), random("shift", columns))
            let (mean, dy) = (random("mean", columns), random("dy", count))
            var y = [Float](repeating: .nan, count: count)
            withUnsafePointers(scale, shift) {
                set.kernels.normalize(
                    x, adding: skip, rows: rows, columns: columns,
                    affine: ChannelAffine(scale: $0[0], shift: $0[1]), .relu, into: &y)
            }
            for index in 0..<count {
                let z =
                    Double(scale[index % columns]) * Double(x[index])
                    + Double(shift[index % columns]) + Double(skip[index])
                #expect(abs(Double(y[index]) - max(z, 0)) < 1e-6)
            }
            var dz = dy
            var sums = [Double](repeating: .nan, count: columns)
            var products = sums
            set.kernels.rectifiedGradientSums(
                x, output: y, outputGradient: &dz, rows: rows, columns: columns, mean: mean,
                sums: &sums, products: &products)
            #expect(dz == dy.indices.map { y[$0] > 0 ? dy[$0] : 0 })
            for column in 0..<columns {
                let own = (0..<rows).map { $0 * columns + column }
                let sum = own.reduce(0) { $0 + Double(dz[$1]) }
                let product = own.reduce(0) {
                    $0 + Double(dz[$1]) * (Double(x[$1]) - Double(mean[column]))
                }
                #expect(abs(sums[column] - sum) < 1e-4)
                #expect(abs(products[column] - product) < 1e-4)
            }
        }
    }
}
