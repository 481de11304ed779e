import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func addBias(
        _ bias: UnsafePointer<Float>, _ activation: FusedActivation,
        to matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        switch activation {
        case .identity: addBias(IdentityActivation.self, bias, matrix, rows, columns)
        case .relu: addBias(ReLUActivation.self, bias, matrix, rows, columns)
        case .gelu: addBias(GELUActivation.self, bias, matrix, rows, columns)
        }
    }

    @inline(__always)
    private static func addBias<Activation: VectorActivation>(
        _: Activation.Type, _ bias: UnsafePointer<Float>, _ matrix: UnsafeMutablePointer<Float>,
        _ rows: Int, _ columns: Int
    ) {
        for row in 0..<rows {
            let values = matrix + row &* columns
            forEachVector(of: columns) { start, lanes in
                let sum = load(values + start, lanes) + load(bias + start, lanes)
                store(Activation.value(sum), values + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func sumRows(
        of matrix: UnsafePointer<Float>, rows: Int, columns: Int, accumulates: Bool,
        into sums: UnsafeMutablePointer<Float>
    ) {
        forEachVector(of: columns) { start, lanes in
            var total = accumulates ? load(sums + start, lanes) : Vector()
            var block = 0
            while block < rows {
                let end = min(rows, block &+ 256)
                total += sumRows(of: matrix + start, from: block, to: end, columns, lanes)
                block = end
            }
            store(total, sums + start, lanes)
        }
    }

    /// Four sums side by side, since one alone waits for the latency of each addition.
    @inline(__always)
    private static func sumRows(
        of matrix: UnsafePointer<Float>, from first: Int, to end: Int, _ columns: Int, _ lanes: Int
    ) -> Vector {
        var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
        var row = first
        while row &+ 4 <= end {
            let values = matrix + row &* columns
            a += load(values, lanes)
            b += load(values + columns, lanes)
            c += load(values + 2 &* columns, lanes)
            d += load(values + 3 &* columns, lanes)
            row &+= 4
        }
        while row < end {
            a += load(matrix + row &* columns, lanes)
            row &+= 1
        }
        return (a + b) + (c + d)
    }
}
