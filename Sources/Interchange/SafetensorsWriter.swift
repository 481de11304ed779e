import Diagnostics
import FoundationEssentials
import Glibc

/// Writing of safetensors files.
///
/// A file is the header's length (8 bytes, little-endian), the header (JSON, padded with spaces so
/// that the data begins at a multiple of 8), and the elements of all tensors without gaps, in the
/// machine's byte order, which is little-endian on every machine this package supports.
///
/// Source: the safetensors format description, Hugging Face.
public enum Safetensors {
    /// Writes tensors to a file, which appears under its name only when it is complete and on disk.
    ///
    /// 64-bit tensors come first, so that every tensor is aligned for its type; within a type the
    /// order is that of the names' UTF-8 bytes. This is the order of the Python package, and makes
    /// equal tensors equal files.
    ///
    /// - Parameters:
    ///   - tensors: What to write; the names must differ.
    ///   - metadata: Free text by key, for `__metadata__`.
    ///   - file: Where to write; an existing file is replaced.
    /// - Throws: `Failure(.inputOutput)` if a system call fails, `Failure(.badData)` if the metadata
    ///   is longer than files can have it; nothing is left behind then.
    public static func write(
        _ tensors: [TensorValue], metadata: [String: String] = [:], to file: URL
    ) throws {
        let ordered = tensors.sorted {
            if $0.elementType.byteCount != $1.elementType.byteCount {
                return $0.elementType.byteCount > $1.elementType.byteCount
            }
            return $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        let header = header(of: ordered, metadata: metadata)
        guard header.count <= SafetensorsFile.largestHeaderByteCount else {
            throw Failure(
                .badData, in: file.path,
                expected: "names and descriptions of at most "
                    + "\(SafetensorsFile.largestHeaderByteCount.grouped) bytes",
                found: header.count.grouped,
                fix: "leave out columns of long texts, as with --column-types NAME=ignored")
        }
        try OutputFile.writeWhole(file.path) { output in
            try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try output.write($0) }
            try header.withUnsafeBytes { try output.write($0) }
            for tensor in ordered { try tensor.withBytes { try output.write($0) } }
        }
    }

    private static func header(of tensors: [TensorValue], metadata: [String: String]) -> [UInt8] {
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set<String> = ["__metadata__"]
        var offset = 0
        for tensor in tensors {
            precondition(
                names.insert(tensor.name).inserted, "two tensors have the name \(tensor.name)")
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.byteCount
            entries.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\","
                    + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var bytes = Array("{\(entries.joined(separator: ","))}".utf8)
        while !bytes.count.isMultiple(of: 8) { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
