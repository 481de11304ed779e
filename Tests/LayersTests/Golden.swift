import Foundation
import Layers
import Randomness

/// The formula by which golden inputs and parameters are made again; `Reference/random_key.py` is
/// the same in NumPy.
enum Golden {
    static let key = RandomKey(seed: 1).derived("golden")

    /// Uniform numbers in ±bound, `count` of them.
    static func values(_ key: RandomKey, count: Int, bound: Float = 1) -> [Float] {
        (0..<count).map { (2 * key.uniform(at: $0) - 1) * bound }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from file: String) throws -> Value {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Reference/\(file)"))
        return try JSONDecoder().decode(type, from: data)
    }

    /// [batch, channel, pixel] → [batch, pixel, channel].
    static func channelsLast(_ values: [Float], batch: Int, shape: FeatureShape) -> [Float] {
        var result = values
        for image in 0..<batch {
            for channel in 0..<shape.channels {
                for pixel in 0..<shape.pixelCount {
                    result[image * shape.count + pixel * shape.channels + channel] =
                        values[image * shape.count + channel * shape.pixelCount + pixel]
                }
            }
        }
        return result
    }
}

/// The largest difference between two sequences, and infinity for a NaN or different lengths.
func largestDifference(_ first: some Sequence<Float>, _ second: [Double]) -> Double {
    let first = Array(first)
    guard first.count == second.count else { return .infinity }
    return zip(first, second).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - pair.1)
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}

/// The Euclidean norm.
func norm(_ values: some Sequence<Float>) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}
