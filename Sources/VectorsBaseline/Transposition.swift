import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transpose(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int,
        into target: UnsafeMutablePointer<Float>, targetStride: Int
    ) {
        var row = 0
        while row < rows {
            let height = min(8, rows &- row)
            var column = 0
            while column < columns {
                let source = matrix + (row &* rowStride &+ column)
                let place = target + (column &* targetStride &+ row)
                let width = min(8, columns &- column)
                if height == 8 && width == 8 {
                    cvector_transpose8(source, rowStride, place, targetStride)
                } else {
                    for y in 0..<height {
                        for x in 0..<width {
                            place[x &* targetStride &+ y] = source[y &* rowStride &+ x]
                        }
                    }
                }
                column &+= 8
            }
            row &+= 8
        }
    }
}
