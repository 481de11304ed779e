import Kernels
import VectorInterface

/// Takes a convolution's output block by block and pools it; only the pooled maps are kept.
struct PoolingSink: RowSink {
    let maps: PooledMaps
    let activation: FusedActivation
    let block: UnsafeMutablePointer<Float>
    /// [window, channel].
    let output: UnsafeMutablePointer<Float>
    let winners: UnsafeMutablePointer<UInt8>
    /// Takes the sums over the pooled maps.
    let moments: ChannelMoments?

    func place(for range: Range<Int>) -> UnsafeMutablePointer<Float> { block }

    func completed(_ range: Range<Int>) {
        let vectors = Vectors.kernels
        let first = range.lowerBound / maps.width
        maps.forEachPair(in: range) { row, windowRow in
            let top = block + (row - first) * maps.rowCount
            vectors.pool(
                top, top + maps.rowCount, maps.rows, affine: nil, activation,
                into: output + windowRow * maps.windowRowCount,
                winners: winners + windowRow * maps.windowRowCount)
        }
        moments?.add(output, rows: maps.windows(of: range))
    }
}

/// Finishes rows of a batch normalisation's input: scale, shift, skip, activation, pooling.
struct NormalizedOutput {
    private let maps: PooledMaps
    private let pools: Bool
    private let activation: FusedActivation
    private let values: ChannelValues
    private let skip: UnsafePointer<Float>?
    private let output: UnsafeMutablePointer<Float>
    private let winners: UnsafeMutablePointer<UInt8>

    init(_ block: ConvolutionBlock, _ pass: ForwardPass, _ memory: BlockMemory) {
        maps = memory.plan.maps
        pools = block.pooling == .last
        activation = block.activation
        values = memory.values
        skip = block.addsSkip ? pass.input(1) : nil
        output = pass.output
        winners = memory.winners
    }

    /// Writes the outputs that come of some rows.
    ///
    /// - Parameters:
    ///   - input: The first of the rows, [row, channel].
    ///   - rows: Which rows of the normalisation's input.
    func write(_ input: UnsafePointer<Float>, rows: Range<Int>) {
        let vectors = Vectors.kernels
        let place = rows.lowerBound * maps.channels
        if pools {
            let first = rows.lowerBound / maps.width
            maps.forEachPair(in: rows) { row, windowRow in
                let top = input + (row - first) * maps.rowCount
                vectors.pool(
                    top, top + maps.rowCount, maps.rows, affine: values.affine, activation,
                    into: output + windowRow * maps.windowRowCount,
                    winners: winners + windowRow * maps.windowRowCount)
            }
        } else if let skip {
            vectors.normalize(
                input, adding: skip + place, rows: rows.count, columns: maps.channels,
                affine: values.affine, activation, into: output + place)
        } else {
            vectors.normalize(
                input, rows: rows.count, columns: maps.channels, scale: values.scale,
                shift: values.shift, activation, into: output + place)
        }
    }
}

/// Takes a convolution's output block by block and finishes it with a known normalisation.
struct NormalizingSink: RowSink {
    let output: NormalizedOutput
    let block: UnsafeMutablePointer<Float>

    func place(for range: Range<Int>) -> UnsafeMutablePointer<Float> { block }
    func completed(_ range: Range<Int>) { output.write(block, rows: range) }
}
