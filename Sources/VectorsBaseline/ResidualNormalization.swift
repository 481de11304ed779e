import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func normalize(
        _ x: UnsafePointer<Float>, adding skip: UnsafePointer<Float>, rows: Int, columns: Int,
        affine: ChannelAffine, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>
    ) {
        let matrix = ResidualOperands(x: x, skip: skip, rows: rows, columns: columns)
        switch activation {
        case .identity: normalize(IdentityActivation.self, matrix, affine, y)
        case .relu: normalize(ReLUActivation.self, matrix, affine, y)
        case .gelu: normalize(GELUActivation.self, matrix, affine, y)
        }
    }

    @inline(__always)
    private static func normalize<Activation: VectorActivation>(
        _: Activation.Type, _ matrix: ResidualOperands, _ affine: ChannelAffine,
        _ y: UnsafeMutablePointer<Float>
    ) {
        let map = Affine(scale: affine.scale, shift: affine.shift)
        for row in 0..<matrix.rows {
            let base = row &* matrix.columns
            forEachVector(of: matrix.columns) { start, lanes in
                let z =
                    map(load(matrix.x + base + start, lanes), start, lanes)
                    + load(matrix.skip + base + start, lanes)
                store(Activation.value(z), y + base + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func rectifiedGradientSums(
        _ x: UnsafePointer<Float>, output y: UnsafePointer<Float>,
        outputGradient dy: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        mean: UnsafePointer<Float>, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>
    ) {
        clear(sums, products, count: columns)
        inBlocks(of: rows) { first, end in
            let next = end &* columns
            prefetch(x + next, count: rowsPerBlock &* columns)
            prefetch(y + next, count: rowsPerBlock &* columns)
            prefetch(dy + next, count: rowsPerBlock &* columns)
            forEachVector(of: columns) { start, lanes in
                let mean = load(mean + start, lanes)
                var (sum, product) = (Vector(), Vector())
                for row in first..<end {
                    let place = row &* columns &+ start
                    let dz = cvector_where_positive(
                        load(dy + place, lanes), load(y + place, lanes))
                    store(dz, dy + place, lanes)
                    sum += dz
                    product = multiplyAdd(dz, load(x + place, lanes) - mean, product)
                }
                addDouble(sum, to: sums + start, lanes)
                addDouble(product, to: products + start, lanes)
            }
        }
    }
}

private struct ResidualOperands {
    let x: UnsafePointer<Float>
    let skip: UnsafePointer<Float>
    let rows: Int
    let columns: Int
}
