import Foundation
import Interchange
import Trees

extension TreeTensors {
    /// Writes a safetensors file.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - metadata: What stands beside the arrays.
    ///   - others: Further arrays.
    /// - Throws: `Failure` with `inputOutput`.
    func write(
        to path: String, metadata: [String: String], others: [TensorValue] = []
    ) throws {
        let tensors = elements.map { name, elements in
            switch elements {
            case .integers(let values):
                TensorValue(name, shape: [values.count], integers: values)
            case .floats(let values): TensorValue(name, shape: [values.count], floats: values)
            }
        }
        try Safetensors.write(
            (tensors + others).sorted { $0.name < $1.name }, metadata: metadata,
            to: URL(fileURLWithPath: path))
    }

    /// Reads the arrays of a safetensors file.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    init(contentsOf path: String) throws {
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        var elements: [String: TreeElements] = [:]
        for name in Self.names {
            elements[name] =
                Self.areIntegers(name)
                ? .integers(try file.integers(named: name))
                : .floats(try file.floats(named: name))
        }
        self.init(elements)
    }
}

extension SafetensorsFile {
    /// All integers of a tensor, whose size was checked against that of the file.
    ///
    /// - Parameter name: The tensor.
    /// - Returns: The elements in row-major order.
    /// - Throws: `Failure` with `badData` if there is none of such a type.
    func integers(named name: String) throws -> [Int64] {
        var values = [Int64](repeating: 0, count: try elementCount(of: name, as: .int64))
        try values.withUnsafeMutableBufferPointer { try readIntegers(named: name, into: $0) }
        return values
    }
}
