import FoundationEssentials
import Glibc

/// Tries out in a folder what checkpoints need: writing, bringing to disk, renaming; and locks.
struct FolderTrial {
    private static let byteCount = 1 << 20

    private var facts = FolderFacts()

    /// Tries a folder, and leaves nothing behind.
    ///
    /// - Parameter path: The run directory, which need not exist.
    /// - Returns: What was found.
    static func run(_ path: String) -> FolderFacts {
        var trial = FolderTrial()
        trial.facts.path = path
        trial.facts.triedFolder = nearestFolder(to: path)
        guard let system = FileSystem(of: trial.facts.triedFolder) else {
            trial.facts.problems = [.init(operation: "statfs", reason: systemReason())]
            return trial.facts
        }
        trial.facts.fileSystem = system.kind
        trial.facts.freeByteCount = system.freeByteCount
        trial.tryOut()
        return trial.facts
    }

    private static func nearestFolder(to path: String) -> String {
        var folder =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while folder.count > 1 && access(folder, F_OK) != 0 {
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        return folder.isEmpty ? "/" : folder
    }

    private mutating func tryOut() {
        let name = facts.triedFolder + "/.distrain-doctor-\(getpid())"
        let renamed = name + ".renamed"
        defer {
            unlink(name)
            unlink(renamed)
        }
        let file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard note("creating a file", file >= 0) else { return }
        defer { close(file) }
        guard note("writing 1 MiB", write(to: file)) else { return }
        let start = ContinuousClock.now
        note("fsync", fsync(file) == 0)
        facts.synchronizingSeconds = (ContinuousClock.now - start) / .seconds(1)
        note("flock", flock(file, LOCK_EX | LOCK_NB) == 0)
        var lock = Glibc.flock()
        lock.l_type = Int16(F_WRLCK)
        note("fcntl locks", fcntl(file, F_SETLK, &lock) == 0)
        note("rename", rename(name, renamed) == 0)
    }

    private func write(to file: Int32) -> Bool {
        let bytes = [UInt8](repeating: 1, count: Self.byteCount)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Keeps the system's reason if something does not work.
    @discardableResult
    private mutating func note(_ operation: String, _ works: Bool) -> Bool {
        if !works { facts.problems.append(.init(operation: operation, reason: systemReason())) }
        return works
    }
}

private func systemReason() -> String { String(cString: strerror(errno)) }
