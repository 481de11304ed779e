import Diagnostics
import Foundation

/// The right to write into a run directory, which one job has at a time.
///
/// It is a lock of the kernel on a file in the folder, which ends with the process, however that
/// ends: a crash leaves nothing that would have to be cleaned up. The file says who has the lock. On
/// NFS it holds between hosts.
final class RunLock: Sendable {
    /// Who has a lock, as its file says.
    private struct Holder: Codable {
        let host: String
        let process: Int32
        /// In the form of ISO 8601.
        let started: String
    }

    /// Why there is no lock, nil if there is one: not all file systems have them.
    let obstacle: String?
    private let descriptor: Int32

    /// Takes the lock, and creates the folder if it is not there.
    ///
    /// - Parameters:
    ///   - folder: The run directory.
    ///   - host: The name of this host.
    /// - Throws: `Failure` with `badLaunch` if another job has the lock, with `inputOutput` if the
    ///   folder cannot be written.
    init(_ folder: RunFolder, host: String) throws {
        try DurableFiles.createFolder(folder.path)
        let descriptor = try DurableFiles.openToUpdate(folder.lock)
        let code = Self.lock(descriptor)
        if code == EAGAIN || code == EACCES {
            close(descriptor)
            throw Self.refusal(of: folder)
        }
        obstacle =
            code == 0
            ? nil
            : "\(folder.path): its file system has no locks (\(String(cString: strerror(code)))); "
                + "take care that no other job writes there"
        self.descriptor = descriptor
        if code == 0 { note(host: host, in: folder.lock) }
    }

    deinit { close(descriptor) }

    /// Whether the lock is there.
    var isHeld: Bool { obstacle == nil }

    /// Locks the whole file for its open description.
    ///
    /// A lock of the process would be lost as soon as the process closes the file at any place.
    ///
    /// - Returns: 0, or the number of the error.
    private static func lock(_ descriptor: Int32) -> Int32 {
        // From linux/fcntl.h; Swift does not see the macro.
        let F_OFD_SETLK: Int32 = 37
        var region = flock()
        region.l_type = Int16(F_WRLCK)
        region.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_OFD_SETLK, &region) == 0 ? 0 : errno
    }

    /// Writes into the file who has the lock: only for messages, so it may fail.
    private func note(host: String, in path: String) {
        let holder = Holder(
            host: host, process: getpid(), started: Date.now.formatted(.iso8601))
        guard let text = try? JSONFiles.encode(holder), ftruncate(descriptor, 0) == 0 else {
            return
        }
        try? DurableFiles.append(text + [UInt8(ascii: "\n")], to: descriptor, path: path)
    }

    private static func refusal(of folder: RunFolder) -> Failure {
        let holder = try? JSONFiles.read(Holder.self, from: folder.lock)
        let who =
            holder.map { "process \($0.process) on \($0.host), which started at \($0.started)" }
            ?? "another job"
        // Not 75, by which sysexits tells to try again: schedulers would submit the job again, and
        // again, while the other one trains.
        return Failure(
            .badLaunch, in: folder.path, expected: "no other job that trains there",
            found: "is in use by \(who)",
            fix: "end that job, wait for its end, or choose another --output")
    }
}
