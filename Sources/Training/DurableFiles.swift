import Crypto
import Diagnostics
import Foundation

/// Files and folders that are on disk when a function returns, and whose failures tell the system's
/// reason.
enum DurableFiles {
    /// Writes a whole file and brings it to disk.
    ///
    /// - Parameters:
    ///   - bytes: The contents.
    ///   - path: Where; an existing file is emptied.
    /// - Throws: `Failure` with `inputOutput`, as every function here.
    static func write(_ bytes: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be created", of: path) }
        defer { close(descriptor) }
        try append(bytes, to: descriptor, path: path)
        try synchronize(descriptor, path: path)
    }

    /// Writes all bytes to an open file.
    static func append(_ bytes: Data, to descriptor: Int32, path: String) throws {
        try bytes.withUnsafeBytes { try append($0, to: descriptor, path: path) }
    }

    /// Writes all bytes to an open file, without allocating.
    static func append(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let written = Foundation.write(descriptor, part.baseAddress, part.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0 && errno != EINTR {
                throw failure("cannot be written", of: path)
            }
        }
    }

    /// Opens a file to append to it; the caller closes it.
    static func openToAppend(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be opened", of: path) }
        return descriptor
    }

    /// Opens a file to read and change it, and creates it if it is not there; the caller closes it.
    static func openToUpdate(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be opened", of: path) }
        return descriptor
    }

    /// Writes all bytes to the end of a file that was opened to append, or none of them.
    static func appendWhole(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read", of: path) }
        do {
            try append(bytes, to: descriptor, path: path)
        } catch {
            _ = ftruncate(descriptor, status.st_size)
            throw error
        }
    }

    /// Whether an open file has no name any more.
    static func isDeleted(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    /// Brings what was written to an open file to disk.
    static func synchronize(_ descriptor: Int32, path: String) throws {
        guard fsync(descriptor) == 0 else { throw failure("cannot be brought to disk", of: path) }
    }

    /// Replaces a file at once: readers see the old one or the new one.
    static func replace(_ path: String, with bytes: Data) throws {
        let partial = path + ".partial"
        do {
            try write(bytes, to: partial)
            try move(partial, to: path)
        } catch {
            unlink(partial)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    /// Gives a file or folder another name, in place of what has that name.
    static func move(_ path: String, to destination: String) throws {
        if rename(path, destination) != 0 { throw failure("cannot be renamed", of: path) }
    }

    /// Makes a symbolic link, or points an existing one to another target at once.
    static func link(_ path: String, to target: String) throws {
        let name = FilePath.name(of: path)
        let partial = FilePath.parent(of: path) + "/.\(name).partial"
        unlink(partial)
        if symlink(target, partial) != 0 { throw failure("cannot be created", of: partial) }
        do {
            try move(partial, to: path)
        } catch {
            unlink(partial)
            throw error
        }
    }

    /// Creates a folder and those above it.
    static func createFolder(_ path: String) throws {
        var code = mkdir(path, 0o777) == 0 ? 0 : errno
        let parent = FilePath.parent(of: path)
        if code == ENOENT && !parent.isEmpty && parent != path {
            try createFolder(parent)
            code = mkdir(path, 0o777) == 0 ? 0 : errno
        }
        guard code == 0 || isFolder(path) else {
            errno = code
            throw failure("cannot be created", of: path)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Brings the names in the folder that holds a path to disk.
    static func synchronizeFolder(of path: String) throws {
        let parent = FilePath.parent(of: path)
        try synchronize(folder: parent.isEmpty ? "." : parent)
    }

    /// Brings the names in a folder to disk.
    static func synchronize(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened", of: folder) }
        defer { close(descriptor) }
        // Some network file systems know no fsync of folders; there it is not needed.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure("cannot be brought to disk", of: folder)
        }
    }

    /// Removes a file, link or folder with all that is in it, if it is there.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// The SHA-256 of a file in hexadecimal digits, and its size in bytes.
    static func digest(of path: String) throws -> (sha256: String, byteCount: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                .missingInput, in: path,
                found: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var hash = SHA256()
        var byteCount = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let received = buffer.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress, $0.count)
            }
            if received == 0 { return (hash.finalize().hexadecimal, byteCount) }
            if received < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be read", of: path)
            }
            buffer.withUnsafeBytes {
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<received]))
            }
            byteCount += received
        }
    }

    /// The contents of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - largest: How many bytes it may have; any number if not given.
    /// - Returns: The contents.
    /// - Throws: `Failure` with `missingInput` if it cannot be read, with `badData` if it is larger or
    ///   is no file.
    static func read(_ path: String, atMost largest: Int = .max) throws -> Data {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(.missingInput, in: path, found: "cannot be read")
        }
        // A pipe would be waited for, and a device may never end.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.badData, in: path, expected: "a file", found: "is something else")
        }
        guard status.st_size <= largest else {
            throw Failure(
                .badData, in: path, expected: "at most \(largest.grouped) bytes",
                found: "\(Int(status.st_size).grouped)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.missingInput, in: path, found: "cannot be read")
        }
        return data
    }

    private static func failure(_ what: String, of path: String) -> Failure {
        let code = errno
        let fix: String? =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: "free some space or choose another --output"
            case EACCES, EPERM, EROFS: "choose an --output that you may write to"
            default: nil
            }
        return Failure(
            .inputOutput, in: path, found: "\(what): \(String(cString: strerror(code)))", fix: fix)
    }
}
