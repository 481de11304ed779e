import Kernels
import VectorInterface

/// The gradients of a batch normalisation's input, computed when they are asked for.
struct NormalizationGradients: RowSource {
    /// [row, column].
    let input: UnsafePointer<Float>
    /// [row, column].
    let outputGradient: UnsafePointer<Float>
    let slopes: NormalizationSlopes
    let activation: FusedActivation
    let columns: Int
    let target: GradientTarget

    func rows(_ range: Range<Int>) -> UnsafePointer<Float> {
        let place = target.place(for: range, columns: columns)
        let start = range.lowerBound * columns
        Vectors.kernels.normalizationGradient(
            input + start, outputGradient: outputGradient + start, rows: range.count,
            columns: columns, scale: slopes.affine.scale, shift: slopes.affine.shift,
            mean: slopes.mean, slope: slopes.slope, offset: slopes.offset, activation,
            into: place)
        return UnsafePointer(place)
    }
}

/// The gradients of maps that are pooled, computed when they are asked for.
struct UnpooledGradients<Pooled: RowSource>: RowSource {
    let maps: PooledMaps
    /// The pooled maps' gradients, [window, channel].
    let pooled: Pooled
    let winners: UnsafePointer<UInt8>
    let target: GradientTarget

    func rows(_ range: Range<Int>) -> UnsafePointer<Float> {
        let place = target.place(for: range, columns: maps.channels)
        let first = range.lowerBound / maps.width
        let windows = maps.windows(of: range)
        let gradients = pooled.rows(windows) - windows.lowerBound * maps.channels
        let vectors = Vectors.kernels
        maps.forEachPair(in: range) { row, windowRow in
            let top = place + (row - first) * maps.rowCount
            vectors.unpool(
                gradients + windowRow * maps.windowRowCount,
                winners: winners + windowRow * maps.windowRowCount, maps.rows, into: top,
                top + maps.rowCount)
        } single: { row in
            (place + (row - first) * maps.rowCount).update(repeating: 0, count: maps.rowCount)
        }
        return UnsafePointer(place)
    }
}

/// The gradients of the input of a batch normalisation whose output is activated and pooled,
/// computed when they are asked for.
struct PooledNormalizationGradients: RowSource {
    let maps: PooledMaps
    /// [pixel, channel].
    let input: UnsafePointer<Float>
    /// [window, channel].
    let outputGradient: UnsafePointer<Float>
    let winners: UnsafePointer<UInt8>
    let slopes: NormalizationSlopes
    let activation: FusedActivation
    let target: GradientTarget

    func rows(_ range: Range<Int>) -> UnsafePointer<Float> {
        let place = target.place(for: range, columns: maps.channels)
        let first = range.lowerBound / maps.width
        let vectors = Vectors.kernels
        maps.forEachPair(in: range) { row, windowRow in
            let source = input + row * maps.rowCount
            let top = place + (row - first) * maps.rowCount
            vectors.pooledGradient(
                source, source + maps.rowCount,
                outputGradient: outputGradient + windowRow * maps.windowRowCount,
                winners: winners + windowRow * maps.windowRowCount, maps.rows, slopes, activation,
                into: top, top + maps.rowCount)
        } single: { row in
            // No gradient reaches the row itself, but all rows have a part in mean and variance.
            let top = place + (row - first) * maps.rowCount
            top.update(repeating: 0, count: maps.rowCount)
            vectors.normalizationGradient(
                input + row * maps.rowCount, outputGradient: UnsafePointer(top), rows: maps.width,
                columns: maps.channels, scale: slopes.affine.scale, shift: slopes.affine.shift,
                mean: slopes.mean, slope: slopes.slope, offset: slopes.offset, .identity, into: top)
        }
        return UnsafePointer(place)
    }
}
