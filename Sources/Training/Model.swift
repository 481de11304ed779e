import Crypto
import Diagnostics
import Foundation
import Interchange
import Layers
import Randomness

/// A network's parameters and running statistics, with what has to be known to use them.
public final class Model {
    /// What the network is.
    public let description: ModelDescription
    /// Where parameters and statistics lie.
    public let layout: ParameterLayout
    /// The parameters, `layout.slabCount` floats.
    package let parameters: Arena
    /// The running statistics, `layout.statisticsCount` floats.
    package let statistics: Arena

    /// Makes room for a network; all values are 0.
    ///
    /// - Parameters:
    ///   - description: What the network is.
    ///   - memory: Gives memory of so many floats; the parameters come first, then the statistics.
    /// - Throws: `Failure` with `usage` if it is not known or its layers do not fit the images.
    init(_ description: ModelDescription, memory: (Int) -> Arena = Arena.init(count:)) throws {
        self.description = description
        layout = try Self.layout(of: description)
        parameters = memory(layout.slabCount)
        statistics = memory(layout.statisticsCount)
    }

    private static func layout(of description: ModelDescription) throws -> ParameterLayout {
        try Network.Sizes(description.network(), mode: .inference).layout
    }

    /// Sets the values before training.
    ///
    /// - Parameter seed: What they are computed from.
    func initialize(seed: UInt64) {
        layout.initialize(
            key: RandomKey(seed: seed).derived("initial"), parameters: parameters.base,
            statistics: statistics.base)
    }

    /// Parameters and statistics by name, in the order in which files hold them, sorted by the
    /// UTF-8 bytes of their names.
    ///
    /// - Returns: Names, shapes and values.
    func fileTensors() -> [(name: String, shape: [Int], values: [Float])] {
        let parameters = layout.parameters.map {
            (name: $0.name, shape: $0.shape, values: $0.fileValues(in: self.parameters.base))
        }
        let statistics = layout.statistics.map { statistic in
            let start = self.statistics.base + statistic.range.lowerBound
            let values = Array(UnsafeBufferPointer(start: start, count: statistic.range.count))
            return (name: statistic.name, shape: [values.count], values: values)
        }
        return (parameters + statistics).sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
    }

    /// The SHA-256 over all parameters and running statistics as little-endian float32, in the order
    /// of their names, each in the order in which files hold it.
    ///
    /// - Returns: 64 hexadecimal digits.
    public func sha256() -> String {
        var hash = SHA256()
        for tensor in fileTensors() {
            tensor.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return hash.finalize().hexadecimal
    }

    /// Writes a safetensors file.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    public func write(to path: String) throws {
        let tensors = fileTensors().map { TensorValue($0.name, shape: $0.shape, floats: $0.values) }
        try Safetensors.write(
            tensors, metadata: description.metadata(), to: URL(fileURLWithPath: path))
    }

    /// Reads a safetensors file that `write(to:)` wrote.
    ///
    /// - Parameter path: The file.
    /// - Returns: The network.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    public static func read(from path: String) throws -> Model {
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        let description = try ModelDescription(metadata: file.metadata, path: path)
        // Before memory is taken for what the description claims.
        try checkShapes(Self.layout(of: description), in: file, path: path)
        let model = try Model(description)
        try model.readValues(of: file, path: path)
        return model
    }

    /// Takes the values of a file; other than its values nothing changes.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    func readValues(from path: String) throws {
        try readValues(of: SafetensorsFile(contentsOf: URL(fileURLWithPath: path)), path: path)
    }

    private func readValues(of file: SafetensorsFile, path: String) throws {
        try checkShapes(layout, in: file, path: path)
        for parameter in layout.parameters {
            let values = try file.floats(named: parameter.name)
            values.withUnsafeBufferPointer {
                parameter.setFileValues($0, in: parameters.base)
            }
        }
        for statistic in layout.statistics {
            try file.readFloats(
                named: statistic.name,
                into: UnsafeMutableBufferPointer(
                    start: statistics.base + statistic.range.lowerBound,
                    count: statistic.range.count))
        }
    }
}

/// Checks that a file has all parameters and statistics in their shapes.
private func checkShapes(
    _ layout: ParameterLayout, in file: SafetensorsFile, path: String
) throws {
    for parameter in layout.parameters {
        try checkShape(of: parameter.name, is: parameter.shape, in: file, path: path)
    }
    for statistic in layout.statistics {
        try checkShape(of: statistic.name, is: [statistic.range.count], in: file, path: path)
    }
}

/// Checks the shape of a tensor in a file.
func checkShape(
    of name: String, is expected: [Int], in file: SafetensorsFile, path: String
) throws {
    let shape = try file.shape(of: name)
    guard shape == expected else {
        throw Failure(
            .badData, in: path, expected: "\(expected)", found: "tensor \(name) has shape \(shape)")
    }
}

extension Digest {
    /// The digest in hexadecimal digits.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
