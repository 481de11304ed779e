import Diagnostics

/// What a header says of one tensor.
struct TensorEntry {
    var elementType: ElementType
    var shape: [Int]
    var begin: Int
    var end: Int
}

/// Reads the JSON header of a safetensors file.
///
/// A general JSON decoder would keep only one of two equal keys and build whatever values the file
/// asks for; this one accepts exactly the header's grammar and nothing is built before it is checked.
struct HeaderScanner {
    /// A violation of the grammar, without the file's name.
    struct Violation: Error {
        let expected: String?
        let found: String
    }

    private var bytes: ArraySlice<UInt8>
    private(set) var tensors: [String: TensorEntry] = [:]
    private(set) var metadata: [String: String] = [:]
    private var hasMetadata = false

    /// Reads a whole header.
    ///
    /// - Parameter header: The JSON text with its padding.
    /// - Throws: `Violation`.
    init(_ header: [UInt8]) throws {
        bytes = header[...]
        guard bytes.first == UInt8(ascii: "{") else { throw unexpected("'{' at the beginning") }
        try members { scanner, name in
            if name == "__metadata__" {
                try scanner.readMetadata()
            } else {
                let entry = try scanner.tensorEntry(named: name)
                guard scanner.tensors.updateValue(entry, forKey: name) == nil else {
                    throw Violation(expected: nil, found: "two tensors have the name \(name)")
                }
            }
        }
        if peek() != nil { throw unexpected("the end of the header") }
    }

    private mutating func readMetadata() throws {
        if hasMetadata { throw Violation(expected: nil, found: "__metadata__ appears twice") }
        hasMetadata = true
        try members { scanner, key in
            let value = try scanner.string()
            guard scanner.metadata.updateValue(value, forKey: key) == nil else {
                throw Violation(expected: nil, found: "__metadata__ has the key \(key) twice")
            }
        }
    }

    private mutating func tensorEntry(named name: String) throws -> TensorEntry {
        var elementType: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        try members { scanner, key in
            switch key {
            case "dtype" where elementType == nil:
                let word = try scanner.string()
                elementType = ElementType(rawValue: word)
                if elementType == nil {
                    throw Violation(
                        expected: "a known dtype", found: "tensor \(name) has dtype \(word)")
                }
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default:
                throw Violation(
                    expected: "dtype, shape and data_offsets once each",
                    found: "tensor \(name) has the key \(key)")
            }
        }
        guard let elementType, let shape, let offsets, offsets.count == 2 else {
            throw Violation(
                expected: "dtype, shape and two data_offsets", found: "tensor \(name) lacks some")
        }
        return TensorEntry(
            elementType: elementType, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// Reads `{"key": …, …}`; `body` reads each value.
    private mutating func members(_ body: (inout Self, String) throws -> Void) throws {
        try expect("{")
        if skip("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try body(&self, key)
        } while skip(",")
        try expect("}")
    }

    private mutating func integers() throws -> [Int] {
        try expect("[")
        if skip("]") { return [] }
        var values: [Int] = []
        repeat { values.append(try integer()) } while skip(",")
        try expect("]")
        return values
    }

    private mutating func integer() throws -> Int {
        guard let first = peek(), isDigit(first) else { throw unexpected("an integer") }
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(digits.count)
        let text = String(decoding: digits, as: UTF8.self)
        guard let value = Int(text), digits.count == 1 || first != UInt8(ascii: "0") else {
            throw Violation(
                expected: "an integer below 2^63", found: "\(text.prefix(40)) in the header")
        }
        return value
    }

    private mutating func string() throws -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw Violation(expected: "UTF-8", found: "a string in the header is not")
                }
                return valid
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case ..<0x20: throw Violation(expected: nil, found: "a control character in a string")
            default: text.append(byte)
            }
        }
        throw Violation(expected: "a closing quote", found: "the header ends inside a string")
    }

    /// Reads what follows a backslash; gives UTF-8.
    private mutating func escape() throws -> [UInt8] {
        switch bytes.popFirst() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try hexadecimalUnit()]
            if UTF16.isLeadSurrogate(units[0]) && bytes.starts(with: Array("\\u".utf8)) {
                bytes = bytes.dropFirst(2)
                units.append(try hexadecimalUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw Violation(expected: nil, found: "half a surrogate pair in a string")
            }
            return Array(text.utf8)
        default: throw Violation(expected: nil, found: "an unknown escape in a string")
        }
    }

    private mutating func hexadecimalUnit() throws -> UInt16 {
        let digits = bytes.prefix(4)
        bytes = bytes.dropFirst(digits.count)
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.allSatisfy(\.isHexDigit), let unit = UInt16(text, radix: 16)
        else { throw Violation(expected: "four hexadecimal digits", found: "\\u\(text)") }
        return unit
    }

    /// The next byte that is not white space, not taken.
    private mutating func peek() -> UInt8? {
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        return bytes.first
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        if !skip(character) { throw unexpected("'\(character)'") }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func unexpected(_ expected: String) -> Violation {
        guard let byte = bytes.first else {
            return Violation(expected: expected, found: "the header ends early")
        }
        let shown = (0x20..<0x7f).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
        return Violation(
            expected: expected, found: "\(shown) at byte \(bytes.startIndex) of the header")
    }
}
