import CVector
import VectorInterface

/// Rows that are added in float before their sum goes to double.
let rowsPerBlock = 64

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func addShiftedMoments(
        of matrix: UnsafePointer<Float>, pivot: UnsafePointer<Float>, rows: Int, columns: Int,
        sums: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>
    ) {
        inBlocks(of: rows) { first, end in
            forEachVector(of: columns) { start, lanes in
                let pivot = load(pivot + start, lanes)
                var (sum0, sum1) = (Vector(), Vector())
                var (square0, square1) = (Vector(), Vector())
                var row = first
                while row &+ 2 <= end {
                    let values = matrix + row &* columns + start
                    let x0 = load(values, lanes) - pivot
                    let x1 = load(values + columns, lanes) - pivot
                    sum0 += x0
                    sum1 += x1
                    square0 = multiplyAdd(x0, x0, square0)
                    square1 = multiplyAdd(x1, x1, square1)
                    row &+= 2
                }
                if row < end {
                    let x = load(matrix + row &* columns + start, lanes) - pivot
                    sum0 += x
                    square0 = multiplyAdd(x, x, square0)
                }
                addDouble(sum0 + sum1, to: sums + start, lanes)
                addDouble(square0 + square1, to: squares + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func normalize(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int, scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>
    ) {
        let affine = Affine(scale: scale, shift: shift)
        switch activation {
        case .identity: normalize(IdentityActivation.self, x, rows, columns, affine, y)
        case .relu: normalize(ReLUActivation.self, x, rows, columns, affine, y)
        case .gelu: normalize(GELUActivation.self, x, rows, columns, affine, y)
        }
    }

    @inline(__always)
    private static func normalize<Activation: VectorActivation>(
        _: Activation.Type, _ x: UnsafePointer<Float>, _ rows: Int, _ columns: Int,
        _ affine: Affine, _ y: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let base = row &* columns
            forEachVector(of: columns) { start, lanes in
                let z = affine(load(x + base + start, lanes), start, lanes)
                store(Activation.value(z), y + base + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func normalizationGradientSums(
        _ x: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>, rows: Int, columns: Int,
        scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, mean: UnsafePointer<Float>,
        _ activation: FusedActivation, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>
    ) {
        let operands = GradientOperands(
            x: x, dy: dy, rows: rows, columns: columns, affine: Affine(scale: scale, shift: shift),
            mean: mean)
        switch activation {
        case .identity: gradientSums(IdentityActivation.self, operands, sums, products)
        case .relu: gradientSums(ReLUActivation.self, operands, sums, products)
        case .gelu: gradientSums(GELUActivation.self, operands, sums, products)
        }
    }

    @inline(__always)
    private static func gradientSums<Activation: VectorActivation>(
        _: Activation.Type, _ operands: GradientOperands, _ sums: UnsafeMutablePointer<Double>,
        _ products: UnsafeMutablePointer<Double>
    ) {
        let columns = operands.columns
        clear(sums, products, count: columns)
        inBlocks(of: operands.rows) { first, end in
            prefetch(operands.x + end &* columns, count: rowsPerBlock &* columns)
            prefetch(operands.dy + end &* columns, count: rowsPerBlock &* columns)
            forEachVector(of: columns) { start, lanes in
                let mean = load(operands.mean + start, lanes)
                let affine = operands.affine.channels(start, lanes)
                var (sum, product) = (Vector(), Vector())
                for row in first..<end {
                    let position = row &* columns &+ start
                    let x = load(operands.x + position, lanes)
                    let dz = Activation.gradient(
                        load(operands.dy + position, lanes), at: affine(x))
                    sum += dz
                    product = multiplyAdd(dz, x - mean, product)
                }
                addDouble(sum, to: sums + start, lanes)
                addDouble(product, to: products + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func normalizationGradient(
        _ x: UnsafePointer<Float>, outputGradient dy: UnsafePointer<Float>, rows: Int, columns: Int,
        scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, mean: UnsafePointer<Float>,
        slope: UnsafePointer<Float>, offset: UnsafePointer<Float>, _ activation: FusedActivation,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let operands = GradientOperands(
            x: x, dy: dy, rows: rows, columns: columns, affine: Affine(scale: scale, shift: shift),
            mean: mean)
        switch activation {
        case .identity: gradient(IdentityActivation.self, operands, slope, offset, dx)
        case .relu: gradient(ReLUActivation.self, operands, slope, offset, dx)
        case .gelu: gradient(GELUActivation.self, operands, slope, offset, dx)
        }
    }

    @inline(__always)
    private static func gradient<Activation: VectorActivation>(
        _: Activation.Type, _ operands: GradientOperands, _ slope: UnsafePointer<Float>,
        _ offset: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<operands.rows {
            let base = row &* operands.columns
            forEachVector(of: operands.columns) { start, lanes in
                let x = load(operands.x + base + start, lanes)
                let dz = Activation.gradient(
                    load(operands.dy + base + start, lanes), at: operands.affine(x, start, lanes))
                let centred = x - load(operands.mean + start, lanes)
                let linear = multiplyAdd(
                    centred, load(slope + start, lanes), load(offset + start, lanes))
                let scale = load(operands.affine.scale + start, lanes)
                store(multiplyAdd(scale, dz, linear), dx + base + start, lanes)
            }
        }
    }
}

/// x ↦ scale · x + shift for a vector of channels.
struct AffineVector {
    let scale: Vector
    let shift: Vector

    @inline(__always)
    func callAsFunction(_ x: Vector) -> Vector { multiplyAdd(x, scale, shift) }
}

/// x ↦ scale · x + shift, by channel.
struct Affine {
    let scale: UnsafePointer<Float>
    let shift: UnsafePointer<Float>

    @inline(__always)
    func channels(_ start: Int, _ lanes: Int) -> AffineVector {
        AffineVector(scale: load(scale + start, lanes), shift: load(shift + start, lanes))
    }

    @inline(__always)
    func callAsFunction(_ x: Vector, _ start: Int, _ lanes: Int) -> Vector {
        channels(start, lanes)(x)
    }
}

private struct GradientOperands {
    let x: UnsafePointer<Float>
    let dy: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    let affine: Affine
    let mean: UnsafePointer<Float>
}

@inline(__always)
func inBlocks(of rows: Int, _ body: (_ first: Int, _ end: Int) -> Void) {
    var first = 0
    while first < rows {
        let end = min(rows, first &+ rowsPerBlock)
        body(first, end)
        first = end
    }
}

@inline(__always)
func clear(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, count: Int
) {
    for index in 0..<count {
        a[index] = 0
        b[index] = 0
    }
}

@inline(__always)
func addDouble(_ vector: Vector, to totals: UnsafeMutablePointer<Double>, _ lanes: Int) {
    if lanes == vectorWidth {
        cvector_add_to_doubles(vector, totals)
    } else {
        for lane in 0..<lanes { totals[lane] += Double(vector[lane]) }
    }
}
