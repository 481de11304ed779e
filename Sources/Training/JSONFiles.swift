import Diagnostics
import Foundation

/// JSON as this module writes it: keys sorted, so that equal values are equal bytes.
enum JSONFiles {
    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: JSON on one line.
    /// - Throws: What the value throws.
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(value)
    }

    /// Decodes a value.
    ///
    /// - Parameters:
    ///   - type: What to expect.
    ///   - data: JSON.
    ///   - path: The file, for messages.
    /// - Returns: The value.
    /// - Throws: `Failure` with `badData` if something else is found.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from data: Data, path: String
    ) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw Failure(
                .badData, in: path, found: "is not what distrain writes: \(reason(error))")
        }
    }

    /// More than any file of this module but the ledger has.
    private static let largestByteCount = 16 << 20

    /// Reads a value from a file.
    ///
    /// - Parameters:
    ///   - type: What to expect.
    ///   - path: The file.
    /// - Returns: The value.
    /// - Throws: `Failure` with `missingInput`, or with `badData` if something else is found.
    static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
        try decode(type, from: DurableFiles.read(path, atMost: largestByteCount), path: path)
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(place(context)) has no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "\(place(context)) has another type"
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "no valid JSON" : "\(place(context)): \(context.debugDescription)"
        default: "\(error)"
        }
    }
}
