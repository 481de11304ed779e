import Kernels
import Testing
import VectorInterface

@Suite struct TranspositionTests {
    /// Whole blocks of 8×8 and what is left beside and below them.
    @Test(arguments: InstructionSet.available, [(1, 1), (8, 16), (17, 9), (24, 31)])
    func transposes(_ set: InstructionSet, _ extents: (rows: Int, columns: Int)) {
        let (rows, columns) = extents
        let (rowStride, targetStride) = (columns + 3, rows + 2)
        let matrix = (0..<rows * rowStride).map(Float.init)
        var target = [Float](repeating: -1, count: columns * targetStride)
        set.kernels.transpose(
            matrix, rows: rows, columns: columns, rowStride: rowStride, into: &target,
            targetStride: targetStride)
        for index in target.indices {
            let (column, row) = index.quotientAndRemainder(dividingBy: targetStride)
            #expect(target[index] == (row < rows ? matrix[row * rowStride + column] : -1))
        }
    }
}
