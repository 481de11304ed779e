import Diagnostics
import Foundation

/// A block of memory that nobody writes after it was made: a mapped file or a filled allocation.
///
/// `@unchecked Sendable` because a pointer is not Sendable by itself; the memory is read-only from
/// the end of `init` to `deinit`, so that any number of threads may read it.
final class ImmutableBytes: @unchecked Sendable {
    /// The first byte.
    let start: UnsafePointer<UInt8>
    /// The number of bytes.
    let count: Int
    private let isMapped: Bool

    /// Maps a whole file, so that all processes of a host share one copy of it.
    ///
    /// - Parameters:
    ///   - path: A regular file that is not empty.
    ///   - fix: What the user can do about a file that is missing or empty.
    /// - Throws: `Failure` with `.missingInput` if the file is missing or cannot be read, with
    ///   `.badData` if it is empty or no regular file.
    init(mapping path: String, fix: String? = nil) throws {
        // A pipe without a writer is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno == ENOENT ? "no such file" : String(cString: strerror(errno))
            throw Failure(.missingInput, in: path, found: reason, fix: fix)
        }
        defer { close(descriptor) }
        count = try regularFileSize(of: descriptor, path: path, fix: fix)
        guard let memory = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else {
            throw Failure(
                .inputOutput, in: path, found: "mmap failed: \(String(cString: strerror(errno)))")
        }
        start = UnsafePointer(memory.assumingMemoryBound(to: UInt8.self))
        isMapped = true
    }

    /// Allocates memory and has it filled once.
    ///
    /// - Parameters:
    ///   - count: The number of bytes, at least 1.
    ///   - fill: Writes every byte.
    convenience init(
        count: Int, fill: (UnsafeMutablePointer<UInt8>) throws -> Void
    ) rethrows {
        guard let memory = malloc(count) else {
            preconditionFailure("there are no \(count) bytes of memory")
        }
        try self.init(memory, count: count, fill: fill)
    }

    /// Allocates as much memory as a file asks for, and has it filled once.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - count: The number of bytes, at least 1.
    ///   - fill: Writes every byte.
    /// - Throws: What `fill` throws; `Failure` with `.inputOutput` if there is no such memory.
    convenience init(
        for path: String, count: Int, fill: (UnsafeMutablePointer<UInt8>) throws -> Void
    ) throws {
        guard let memory = malloc(count) else {
            throw Failure(
                .inputOutput, in: path, expected: "memory for \(count.grouped) bytes",
                found: String(cString: strerror(errno)))
        }
        try self.init(memory, count: count, fill: fill)
    }

    private init(
        _ memory: UnsafeMutableRawPointer, count: Int,
        fill: (UnsafeMutablePointer<UInt8>) throws -> Void
    ) rethrows {
        let bytes = memory.bindMemory(to: UInt8.self, capacity: count)
        do {
            try fill(bytes)
        } catch {
            free(memory)
            throw error
        }
        start = UnsafePointer(bytes)
        self.count = count
        isMapped = false
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: start), count)
        } else {
            free(UnsafeMutableRawPointer(mutating: start))
        }
    }
}

/// The size of an open file in bytes, at least 1.
private func regularFileSize(of descriptor: Int32, path: String, fix: String?) throws -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
        throw Failure(.inputOutput, in: path, found: String(cString: strerror(errno)))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Failure(.badData, in: path, expected: "a file", found: "a folder")
    default:
        throw Failure(.badData, in: path, expected: "a file", found: "a device or a pipe")
    }
    guard status.st_size > 0 else {
        throw Failure(.badData, in: path, found: "an empty file", fix: fix)
    }
    return Int(status.st_size)
}
