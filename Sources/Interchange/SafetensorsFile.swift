import Diagnostics
import FoundationEssentials
import Glibc

/// A safetensors file opened for reading, its whole layout checked.
///
/// The file stays open, and elements are read straight into the caller's memory: not mapped, since
/// a mapped file that shrinks under a running process would kill it.
public final class SafetensorsFile: Sendable {
    /// The longest header that is read: 100 MB, the bound of the reference implementation.
    public static let largestHeaderByteCount = 100_000_000

    /// The names of all tensors, sorted.
    public let names: [String]
    /// The free text in `__metadata__`.
    public let metadata: [String: String]

    private let path: String
    private let descriptor: Int32
    private let dataOffset: Int
    private let entries: [String: TensorEntry]

    /// Opens a file and checks its header and layout.
    ///
    /// - Parameter file: The file.
    /// - Throws: `Failure(.missingInput)` if it cannot be opened, `Failure(.badData)` if anything in
    ///   it violates the format, `Failure(.inputOutput)` if reading fails.
    public init(contentsOf file: URL) throws {
        let path = file.path
        // A pipe without a writer is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Failure(
                .missingInput, in: path,
                found: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        do {
            let layout = try Self.layout(of: path, descriptor)
            self.path = path
            self.descriptor = descriptor
            dataOffset = layout.dataOffset
            entries = layout.header.tensors
            metadata = layout.header.metadata
            names = layout.header.tensors.keys.sorted()
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    deinit { _ = close(descriptor) }

    /// The extent of each dimension, outermost first.
    ///
    /// - Parameter name: A tensor of the file.
    /// - Returns: The shape; empty for a single number.
    /// - Throws: `Failure(.badData)` if the file has no such tensor.
    public func shape(of name: String) throws -> [Int] { try entry(named: name).shape }

    /// The type under which a tensor is stored.
    ///
    /// - Parameter name: A tensor of the file.
    /// - Returns: The type; only float32, float64 and int64 can be read.
    /// - Throws: `Failure(.badData)` if the file has no such tensor.
    public func elementType(of name: String) throws -> ElementType {
        try entry(named: name).elementType
    }

    /// Reads a float32 tensor.
    ///
    /// - Parameters:
    ///   - name: A tensor of the file.
    ///   - destination: Memory for exactly its elements, in row-major order.
    /// - Throws: `Failure(.badData)` if there is no such tensor, or its type or number of elements
    ///   is another; `Failure(.inputOutput)` if reading fails.
    public func readFloats(
        named name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        try read(name, as: .float32, into: UnsafeMutableRawBufferPointer(destination))
    }

    /// Reads an int64 tensor.
    ///
    /// - Parameters:
    ///   - name: A tensor of the file.
    ///   - destination: Memory for exactly its elements, in row-major order.
    /// - Throws: As `readFloats(named:into:)`.
    public func readIntegers(
        named name: String, into destination: UnsafeMutableBufferPointer<Int64>
    ) throws {
        try read(name, as: .int64, into: UnsafeMutableRawBufferPointer(destination))
    }

    /// The elements of a float32 tensor as an array.
    ///
    /// - Parameter name: A tensor of the file.
    /// - Returns: The elements in row-major order.
    /// - Throws: As `readFloats(named:into:)`.
    public func floats(named name: String) throws -> [Float] {
        let count = try elementCount(of: name, as: .float32)
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            try readFloats(
                named: name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initializedCount = count
        }
    }

    /// The elements of a float64 tensor as an array.
    ///
    /// - Parameter name: A tensor of the file.
    /// - Returns: The elements in row-major order.
    /// - Throws: As `readFloats(named:into:)`.
    public func doubles(named name: String) throws -> [Double] {
        let count = try elementCount(of: name, as: .float64)
        return try [Double](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            try read(
                name, as: .float64,
                into: UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
            initializedCount = count
        }
    }

    /// The number of a tensor's elements, before memory is taken for them.
    ///
    /// - Parameters:
    ///   - name: A tensor of the file.
    ///   - type: What its elements have to be.
    /// - Returns: Their number.
    /// - Throws: `Failure(.badData)` if there is no such tensor, or if it has another type.
    public func elementCount(of name: String, as type: ElementType) throws -> Int {
        let entry = try entry(named: name)
        guard entry.elementType == type else {
            throw Failure(
                .badData, in: path, expected: type.rawValue,
                found: "tensor \(name) has dtype \(entry.elementType.rawValue)")
        }
        return (entry.end - entry.begin) / type.byteCount
    }

    private func read(
        _ name: String, as type: ElementType, into destination: UnsafeMutableRawBufferPointer
    ) throws {
        _ = try elementCount(of: name, as: type)
        let entry = try entry(named: name)
        let byteCount = entry.end - entry.begin
        guard byteCount == destination.count else {
            let size = type.byteCount
            throw Failure(
                .badData, in: path, expected: "\((destination.count / size).grouped) elements",
                found: "tensor \(name) has \((byteCount / size).grouped), shape \(entry.shape)")
        }
        try readBytes(of: path, descriptor, at: dataOffset + entry.begin, into: destination)
    }

    private func entry(named name: String) throws -> TensorEntry {
        if let entry = entries[name] { return entry }
        throw Failure(
            .badData, in: path, found: "has no tensor \(name)",
            fix: names.nearest(to: name).map { "the nearest name is \($0)" })
    }

    private static func layout(
        of path: String, _ descriptor: Int32
    ) throws -> (header: HeaderScanner, dataOffset: Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.badData, in: path, expected: "a file", found: "is something else")
        }
        let fileByteCount = Int(status.st_size)
        guard fileByteCount >= 8 else {
            throw Failure(
                .badData, in: path, expected: "at least 8 bytes", found: "\(fileByteCount) bytes")
        }
        var word: UInt64 = 0
        try withUnsafeMutableBytes(of: &word) {
            try readBytes(of: path, descriptor, at: 0, into: $0)
        }
        let length = UInt64(littleEndian: word)
        let largest = min(fileByteCount - 8, largestHeaderByteCount)
        guard length <= largest else {
            throw Failure(
                .badData, in: path, expected: "a header of at most \(largest.grouped) bytes",
                found: "the header claims \(length.grouped)")
        }
        var text = [UInt8](repeating: 0, count: Int(length))
        try text.withUnsafeMutableBytes { try readBytes(of: path, descriptor, at: 8, into: $0) }
        do {
            let header = try HeaderScanner(text)
            try checkLayout(of: header.tensors, dataByteCount: fileByteCount - 8 - text.count)
            return (header, 8 + text.count)
        } catch let violation as HeaderScanner.Violation {
            throw Failure(
                .badData, in: path, expected: violation.expected, found: violation.found)
        }
    }

    /// Checks that sizes match shapes and that the tensors cover the data without hole or overlap.
    private static func checkLayout(
        of tensors: [String: TensorEntry], dataByteCount: Int
    ) throws {
        let ordered = tensors.sorted {
            ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
        }
        var covered = 0
        for (name, entry) in ordered {
            guard entry.begin == covered, entry.end >= entry.begin, entry.end <= dataByteCount
            else {
                throw HeaderScanner.Violation(
                    expected: "data from byte \(covered.grouped) on, of \(dataByteCount.grouped)",
                    found: "tensor \(name) has data_offsets [\(entry.begin), \(entry.end)]")
            }
            var byteCount = entry.elementType.byteCount
            var overflow = false
            for extent in entry.shape where !overflow {
                (byteCount, overflow) = byteCount.multipliedReportingOverflow(by: extent)
            }
            guard !overflow, byteCount == entry.end - entry.begin else {
                throw HeaderScanner.Violation(
                    expected: overflow ? nil : "\(byteCount.grouped) for its shape \(entry.shape)",
                    found: "tensor \(name) has \((entry.end - entry.begin).grouped) bytes")
            }
            covered = entry.end
        }
        guard covered == dataByteCount else {
            throw HeaderScanner.Violation(
                expected: "\(covered.grouped) bytes of data", found: "\(dataByteCount.grouped)")
        }
    }
}

/// Fills `destination` from a file.
private func readBytes(
    of path: String, _ descriptor: Int32, at offset: Int,
    into destination: UnsafeMutableRawBufferPointer
) throws {
    var position = 0
    while position < destination.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: destination[position...])
        let received = pread(descriptor, rest.baseAddress, rest.count, offset + position)
        if received > 0 {
            position += received
        } else if received == 0 {
            throw Failure(
                .badData, in: path, expected: "\((offset + destination.count).grouped) bytes",
                found: "ended at byte \((offset + position).grouped)")
        } else if errno != EINTR {
            throw Failure(
                .inputOutput, in: path, found: "cannot be read: \(String(cString: strerror(errno)))"
            )
        }
    }
}
