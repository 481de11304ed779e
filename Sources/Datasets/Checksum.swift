import Crypto
import Diagnostics
import Foundation

/// The known digest of a file, in lower-case hexadecimal digits.
public enum Checksum: Hashable, Sendable, CustomStringConvertible {
    /// MD5, as the data sets' authors publish it: good against accidents, not against attackers.
    case md5(String)
    /// SHA-256.
    case sha256(String)

    /// As in `MD5 c32a1d4ab5d03f1284b67883e8d87530`.
    public var description: String {
        switch self {
        case .md5(let digits): "MD5 \(digits)"
        case .sha256(let digits): "SHA-256 \(digits)"
        }
    }

    /// The digest of a file by the same function.
    ///
    /// - Parameter path: The file.
    /// - Returns: What this checksum would be if it was the file's.
    /// - Throws: `Failure` with `.missingInput` if the file cannot be opened, with `.inputOutput` if
    ///   it cannot be read to its end.
    public func ofFile(_ path: String) throws -> Checksum {
        switch self {
        case .md5: .md5(try digest(path, Insecure.MD5()))
        case .sha256: .sha256(try digest(path, SHA256()))
        }
    }
}

/// Hashes a file piece by piece.
private func digest(_ path: String, _ function: some HashFunction) throws -> String {
    var function = function
    guard let file = FileHandle(forReadingAtPath: path) else {
        throw Failure(.missingInput, in: path, found: "cannot be opened")
    }
    do {
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            function.update(data: piece)
        }
        try file.close()
    } catch {
        throw Failure(.inputOutput, in: path, found: "cannot be read (\(error))")
    }
    return hexadecimal(function.finalize())
}

/// Two hexadecimal digits a byte, as in `1f8b`.
func hexadecimal(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        .joined(separator: separator)
}
