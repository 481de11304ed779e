import CVector
import Glibc
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func softmax(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int,
        into probabilities: UnsafeMutablePointer<Float>,
        logNormalizers: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let input = x + row &* columns
            let output = probabilities + row &* columns
            var largest = input[0]
            for column in 1..<columns {
                largest = input[column] > largest ? input[column] : largest
            }
            let shift = Vector(repeating: largest)
            forEachVector(of: columns) { start, lanes in
                store(exponential(load(input + start, lanes) - shift), output + start, lanes)
            }
            var sum: Double = 0
            for column in 0..<columns { sum += Double(output[column]) }
            let factor = Vector(repeating: Float(1 / sum))
            forEachVector(of: columns) { start, lanes in
                store(load(output + start, lanes) * factor, output + start, lanes)
            }
            logNormalizers[row] = largest + Float(log(sum))
        }
    }
}
