import Diagnostics
import FoundationEssentials
import Glibc

/// A file being written, whose every failing system call is a `Failure` with the system's reason.
final class OutputFile {
    private let path: String
    private var descriptor: Int32

    /// Writes a file that appears under its name only when it is complete and on disk.
    ///
    /// - Parameters:
    ///   - path: Where to write; an existing file is replaced.
    ///   - body: Writes the contents.
    /// - Throws: `Failure(.inputOutput)`; nothing is left behind then.
    static func writeWhole(_ path: String, _ body: (OutputFile) throws -> Void) throws {
        let output = try OutputFile(path: path + ".partial")
        do {
            try body(output)
            try output.synchronize()
            try output.close(renamingTo: path)
        } catch {
            output.discard()
            throw error
        }
    }

    /// Creates or empties the file.
    ///
    /// - Parameter path: Where to write.
    /// - Throws: `Failure(.inputOutput)`, as every method here.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw failure("cannot be created", of: path) }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0 && errno != EINTR {
                throw failure("cannot be written", of: path)
            }
        }
    }

    /// Waits until all bytes are on disk.
    func synchronize() throws {
        if fsync(descriptor) != 0 { throw failure("cannot be brought to disk", of: path) }
    }

    /// Closes the file and gives it its final name.
    ///
    /// - Parameter destination: The final name; an existing file is replaced, but nothing else is: the
    ///   name of a device such as `/dev/null` would then be that of a file.
    /// - Throws: `Failure(.inputOutput)`.
    func close(renamingTo destination: String) throws {
        var status = stat()
        guard stat(destination, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .inputOutput, in: destination, expected: "a file, or nothing",
                found: "something else has that name", fix: "choose another name")
        }
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0 { throw failure("cannot be written", of: path) }
        if rename(path, destination) != 0 { throw failure("cannot be replaced", of: destination) }
    }

    /// Closes and removes what was written so far.
    func discard() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
        _ = unlink(path)
    }

    private func failure(_ what: String, of path: String) -> Failure {
        let code = errno
        let fix: String? =
            switch code {
            case ENOSPC, EDQUOT: "free some space or write elsewhere"
            case EACCES, EPERM, EROFS: "choose a folder you may write to"
            case ENOENT: "create the folder first"
            default: nil
            }
        return Failure(
            .inputOutput, in: path, found: "\(what): \(String(cString: strerror(code)))", fix: fix)
    }
}
