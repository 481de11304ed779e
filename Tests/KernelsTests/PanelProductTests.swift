import Kernels
import Randomness
import Testing
import VectorInterface

/// Products of matrices in panels, in each instruction set that this processor has, beside plain
/// loops in double.
@Suite struct PanelProductTests {
    static let sets = InstructionSet.available

    /// More than one block of rows, a pair and an odd number of panels, more than one block of k.
    static let extents: [(rows: Int, columns: Int, k: Int)] = [
        (1, 1, 1), (7, 16, 5), (12, 17, 16), (25, 40, 33), (61, 64, 300),
    ]

    private func random(_ name: String, _ count: Int) -> [Float] {
        let key = RandomKey(seed: 5).derived(name)
        return (0..<count).map { 2 * key.uniform(at: $0) - 1 }
    }

    /// A matrix [rows, columns] in panels with room for `capacity` rows, NaN wherever nothing is.
    private func panels(_ matrix: [Float], rows: Int, columns: Int, capacity: Int) -> [Float] {
        var result = [Float](
            repeating: .nan, count: panelCount(columns) * capacity * panelWidth)
        for row in 0..<rows {
            for column in 0..<columns {
                let panel = column / panelWidth * capacity * panelWidth
                result[panel + row * panelWidth + column % panelWidth] =
                    matrix[row * columns + column]
            }
        }
        return result
    }

    private func expectClose(_ own: [Float], _ expected: [Double], k: Int) {
        let worst = zip(own, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(own.count == expected.count && worst <= Double(k) * 0x1p-24 * 2)
        #expect(!own.contains { $0.isNaN })
    }

    @Test(arguments: sets, extents.indices) func product(_ set: InstructionSet, _ extent: Int) {
        let (rows, columns, k) = Self.extents[extent]
        let capacity = (rows + 11) / 12 * 12
        let (a, b) = (random("a", rows * k), random("b", k * columns))
        var c = panels([], rows: 0, columns: columns, capacity: capacity)
        set.kernels.multiplyPanels(
            panels(a, rows: rows, columns: k, capacity: capacity),
            aPanelStride: capacity * panelWidth, panels(b, rows: k, columns: columns, capacity: k),
            into: &c, cPanelStride: capacity * panelWidth, rows: rows, columns: columns, k: k)

        var own = [Float](repeating: 1, count: rows * columns)
        set.kernels.unpackPanels(
            c, panelStride: capacity * panelWidth, bias: nil, into: &own,
            rowStride: columns, rows: rows, columns: columns, accumulates: true)
        let expected = own.indices.map { index in
            (0..<k).reduce(1.0) {
                $0 + Double(a[index / columns * k + $1])
                    * Double(b[$1 * columns + index % columns])
            }
        }
        expectClose(own, expected, k: k + 16)
    }

    @Test(arguments: sets, extents.indices)
    func transposedProduct(_ set: InstructionSet, _ extent: Int) {
        for accumulates in [false, true] { transposedProduct(set, extent, accumulates) }
    }

    private func transposedProduct(_ set: InstructionSet, _ extent: Int, _ accumulates: Bool) {
        let (rows, columns, k) = Self.extents[extent]
        let capacity = panelCount(rows) * panelWidth
        let (a, b) = (random("a", k * rows), random("b", k * columns))
        let before = random("c", rows * columns)
        var c = panels(before, rows: rows, columns: columns, capacity: capacity)
        var packed = panels([], rows: 0, columns: columns, capacity: k)
        set.kernels.packPanels(
            b, rows: k, columns: columns, into: &packed, panelStride: k * panelWidth)
        set.kernels.multiplyTransposedPanels(
            panels(a, rows: k, columns: rows, capacity: k), aPanelStride: k * panelWidth, packed,
            bPanelStride: k * panelWidth, into: &c, rows: rows, columns: columns, k: k,
            accumulates: accumulates)

        var own = [Float](repeating: .nan, count: rows * columns)
        set.kernels.unpackPanels(
            c, panelStride: capacity * panelWidth, bias: nil, into: &own,
            rowStride: columns, rows: rows, columns: columns, accumulates: false)
        let expected = own.indices.map { index in
            (0..<k).reduce(accumulates ? Double(before[index]) : 0) {
                $0 + Double(a[$1 * rows + index / columns])
                    * Double(b[$1 * columns + index % columns])
            }
        }
        expectClose(own, expected, k: k + 16)
    }
}
