import Diagnostics
import Foundation

/// A file being written beside its final name, which it gets when it is complete.
final class PartialFile {
    private let path: String
    private let partialPath: String
    private var descriptor: Int32
    private var isPartial = true
    private var buffer: [UInt8] = []
    private static let bufferByteCount = 1 << 20

    /// Creates the file.
    ///
    /// - Parameter path: The final name.
    /// - Throws: `Failure` with `.inputOutput`, as every method here; also if the name is that of
    ///   something else than a file, such as a device, which would be replaced.
    init(path: String) throws {
        self.path = path
        partialPath = Self.partialPath(of: path)
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .inputOutput, in: path, expected: "a file, or nothing",
                found: "something else has that name", fix: "choose another name")
        }
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw failure("cannot be created") }
    }

    deinit {
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
        if isPartial { _ = unlink(partialPath) }
    }

    /// The name that a file has until it is complete.
    static func partialPath(of path: String) -> String { path + ".partial" }

    /// Appends bytes.
    func write(_ bytes: some Collection<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    /// Writes what is left.
    func close() throws {
        try flush()
        let result = Foundation.close(descriptor)
        descriptor = -1
        if result != 0 { throw failure("cannot be written") }
    }

    /// Gives the file its final name; one that is there is replaced.
    func appear() throws {
        if rename(partialPath, path) != 0 { throw failure("cannot be replaced") }
        isPartial = false
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno != EINTR { throw failure("cannot be written") }
                rest = rest.dropFirst(max(0, written))
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure(_ problem: String) -> Failure {
        Failure(.inputOutput, in: path, found: "\(problem): \(String(cString: strerror(errno)))")
    }
}
