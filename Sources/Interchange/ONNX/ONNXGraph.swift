import Diagnostics
import FoundationEssentials

/// A graph of operators that is written as an ONNX file.
///
/// Values are handed from operator to operator; the graph names them, and everything that it lists
/// can be computed in the order in which it was added.
///
/// ```swift
/// var graph = ONNXGraph("scaled")
/// let input = graph.addInput("features", .float32, sampleShape: [4])
/// let half = graph.addConstant(TensorValue("half", shape: [], floats: [0.5]))
/// let result = graph.apply("Mul", to: [input, half], named: "result")
/// graph.addOutput(result, .float32, sampleShape: [4])
/// try graph.write(to: URL(fileURLWithPath: "scaled.onnx"))
/// ```
///
/// Source: the ONNX specification, https://onnx.ai/onnx/repo-docs/IR.html.
public struct ONNXGraph {
    /// What an operator takes or makes.
    public struct Value: Hashable, Sendable {
        /// Its name in the file.
        public let name: String
    }

    /// The types of inputs and outputs.
    public enum ElementType: Sendable {
        /// 32-bit floating point.
        case float32
        /// 64-bit floating point.
        case float64
        /// Signed, 64 bits.
        case int64
        /// Unsigned, 8 bits.
        case uint8
        /// UTF-8 text.
        case string

        fileprivate var code: ONNXTensorProto.DataType {
            switch self {
            case .float32: .float
            case .float64: .double
            case .int64: .int64
            case .uint8: .uint8
            case .string: .string
            }
        }
    }

    /// The sets of operators.
    public enum Domain: Sendable {
        /// ONNX's own.
        case standard
        /// Those for models that are no networks.
        case traditional

        fileprivate var name: String {
            switch self {
            case .standard: ""
            case .traditional: "ai.onnx.ml"
            }
        }
    }

    /// A constant beside an operator's inputs.
    public enum Attribute: Sendable {
        /// A whole number.
        case int(Int)
        /// A number.
        case float(Float)
        /// A text.
        case string(String)
        /// Whole numbers.
        case ints([Int])
        /// Numbers.
        case floats([Float])
        /// Texts.
        case strings([String])
        /// A type, which operators take as its number.
        case type(ElementType)
    }

    // Runtimes of 2022 and later know these.
    private static let formatVersion: Int64 = 8
    private static let operatorVersions: KeyValuePairs<String, Int64> = ["": 17, "ai.onnx.ml": 3]

    private static let batchName = "N"

    /// Free text by key, stored in the file.
    public var metadata: [String: String] = [:]
    private var graph = ONNXGraphProto()
    private var names: Set<String> = []

    /// Creates a graph without operators.
    ///
    /// - Parameter name: Its name.
    public init(_ name: String) { graph.name = name }

    /// Adds an input.
    ///
    /// - Parameters:
    ///   - name: Its name; another one like it if that is taken.
    ///   - type: The type of its elements.
    ///   - sampleShape: The extents of one sample; the number of samples comes before them and is
    ///     open.
    ///   - text: What it is, for readers.
    /// - Returns: The input.
    public mutating func addInput(
        _ name: String, _ type: ElementType, sampleShape: [Int], _ text: String = ""
    ) -> Value {
        let value = newValue(name.isEmpty ? "input" : name)
        graph.input.append(Self.information(value, type, sampleShape, text))
        return value
    }

    /// Makes a value an output.
    ///
    /// - Parameters:
    ///   - value: What an operator makes.
    ///   - type: The type of its elements.
    ///   - sampleShape: The extents of what belongs to one sample; the number of samples comes
    ///     before them.
    ///   - text: What it is, for readers.
    public mutating func addOutput(
        _ value: Value, _ type: ElementType, sampleShape: [Int], _ text: String = ""
    ) {
        graph.output.append(Self.information(value, type, sampleShape, text))
    }

    /// Adds a constant.
    ///
    /// - Parameter tensor: Its name, or one like it if that is taken, its shape and elements.
    /// - Returns: The constant.
    public mutating func addConstant(_ tensor: TensorValue) -> Value {
        let value = newValue(tensor.name)
        graph.initializer.append(
            .with {
                $0.name = value.name
                $0.dims = tensor.shape.map(Int64.init)
                $0.dataType =
                    switch tensor.elementType {
                    case .float64: .double
                    case .int64: .int64
                    default: .float
                    }
                $0.rawData = tensor.withBytes { Data($0) }
            })
        return value
    }

    /// Adds an operator.
    ///
    /// - Parameters:
    ///   - operatorName: Its name in the specification.
    ///   - inputs: What it takes.
    ///   - attributes: Its constants by name.
    ///   - domain: The set of operators to which it belongs.
    ///   - name: The name of what it makes; another one like it if that is taken.
    /// - Returns: What it makes.
    public mutating func apply(
        _ operatorName: String, to inputs: [Value],
        attributes: KeyValuePairs<String, Attribute> = [:], in domain: Domain = .standard,
        named name: String
    ) -> Value {
        let value = newValue(name)
        graph.node.append(
            .with {
                $0.opType = operatorName
                $0.domain = domain.name
                $0.name = value.name
                $0.input = inputs.map(\.name)
                $0.output = [value.name]
                $0.attribute = attributes.map { Self.attribute($0, $1) }
            })
        return value
    }

    /// Writes the file, which appears under its name only when it is complete and on disk.
    ///
    /// - Parameter file: Where to write; an existing file is replaced.
    /// - Throws: `Failure(.inputOutput)` if a system call fails, `Failure(.badData)` if the graph is
    ///   larger than files can have it.
    public func write(to file: URL) throws {
        let bytes = try serialized(path: file.path)
        try OutputFile.writeWhole(file.path) { output in
            try bytes.withUnsafeBytes { try output.write($0) }
        }
    }

    private func serialized(path: String) throws -> [UInt8] {
        let model = ONNXModelProto.with {
            $0.irVersion = Self.formatVersion
            $0.producerName = "distrain"
            $0.graph = graph
            $0.opsetImport = Self.operatorVersions.map { domain, version in
                .with {
                    $0.domain = domain
                    $0.version = version
                }
            }
            $0.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
                .with {
                    $0.key = key
                    $0.value = value
                }
            }
        }
        // Of all that can go wrong with a message, only its length can here.
        guard let bytes: [UInt8] = try? model.serializedBytes() else {
            let byteCount = graph.initializer.reduce(0) { $0 + $1.rawData.count }
            throw Failure(
                .badData, in: path, expected: "at most 2 GiB, which an ONNX file can have",
                found: "\(byteCount.grouped) bytes of parameters", fix: "write safetensors")
        }
        return bytes
    }

    private mutating func newValue(_ name: String) -> Value {
        var unused = name
        var number = 2
        while !names.insert(unused).inserted {
            unused = "\(name).\(number)"
            number += 1
        }
        return Value(name: unused)
    }

    private static func information(
        _ value: Value, _ type: ElementType, _ sampleShape: [Int], _ text: String
    ) -> ONNXValueInfoProto {
        .with {
            $0.name = value.name
            $0.docString = text
            $0.type.tensorType.elemType = type.code
            $0.type.tensorType.shape.dim =
                [.with { $0.dimParam = batchName }]
                + sampleShape.map { extent in .with { $0.dimValue = Int64(extent) } }
        }
    }

    private static func attribute(_ name: String, _ value: Attribute) -> ONNXAttributeProto {
        .with {
            $0.name = name
            switch value {
            case .int(let value):
                $0.type = .int
                $0.i = Int64(value)
            case .float(let value):
                $0.type = .float
                $0.f = value
            case .string(let value):
                $0.type = .string
                $0.s = Data(value.utf8)
            case .ints(let values):
                $0.type = .ints
                $0.ints = values.map(Int64.init)
            case .floats(let values):
                $0.type = .floats
                $0.floats = values
            case .strings(let values):
                $0.type = .strings
                $0.strings = values.map { Data($0.utf8) }
            case .type(let type):
                $0.type = .int
                $0.i = Int64(type.code.rawValue)
            }
        }
    }
}
