import Diagnostics
import Glibc

/// Memory shared by processes, by way of a file in /dev/shm that has no name any more once all have
/// opened it, so that nothing is left behind however the processes end.
///
/// Not `MPI_Win_allocate_shared`: where /dev/shm has no room, Open MPI 4.1 tells rank 0 and leaves
/// the others waiting for ever, and it does not reserve the room either, so that a rank is killed
/// when it first touches a page that is not to be had.
struct PosixMemory {
    private static let nameCapacity = 64

    private let group: any Communicator
    private let byteCount: Int

    /// Allocates memory that all ranks of a group share; every rank has to call it.
    ///
    /// - Parameters:
    ///   - byteCount: The number of bytes, on every rank the same.
    ///   - parts: The parts that this rank reserves, which then lie in the memory nearest to it.
    ///   - group: Ranks of one host.
    /// - Returns: The memory.
    /// - Throws: `AgreedFailure` if it is not to be had.
    static func allocate(
        byteCount: Int, touching parts: [Range<Int>], group: any Communicator
    ) throws -> SharedMemory {
        let memory = PosixMemory(group: group, byteCount: byteCount)
        let file = try memory.open()
        defer { close(file) }
        try group.agreeing { for part in parts { try memory.reserve(part, of: file) } }
        return try group.agreeing { try memory.map(file, touching: parts) }
    }

    /// The file, on every rank; afterwards it has no name.
    private func open() throws -> Int32 {
        var name = [UInt8](repeating: 0, count: Self.nameCapacity)
        var file: Int32 = -1
        var failure: Failure?
        if group.rank == 0 {
            let text = "/distrain-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            name.replaceSubrange(0..<text.utf8.count, with: text.utf8)
            file = shm_open(text, O_RDWR | O_CREAT | O_EXCL, 0o600)
            if file < 0 || ftruncate(file, byteCount) != 0 { failure = Self.failure(errno) }
        }
        try name.withUnsafeMutableBytes { try group.broadcast($0, from: 0) }
        let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        if group.rank != 0 {
            file = shm_open(text, O_RDWR, 0o600)
            if file < 0 { failure = Self.failure(errno) }
        }
        defer { if group.rank == 0 { shm_unlink(text) } }
        do {
            try group.agree(on: failure)
        } catch {
            if file >= 0 { close(file) }
            throw error
        }
        return file
    }

    /// Takes the pages of a part now: later a lack of them would kill the process.
    private func reserve(_ part: Range<Int>, of file: Int32) throws {
        guard !part.isEmpty else { return }
        let code = posix_fallocate(file, part.lowerBound, part.count)
        if code != 0 { throw Self.failure(code, byteCount: byteCount) }
    }

    private func map(_ file: Int32, touching parts: [Range<Int>]) throws -> SharedMemory {
        let huge = SharedMemory.alignment
        // Room for aligned memory, which then takes its place.
        guard let room = mmap(nil, byteCount + huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            room != MAP_FAILED
        else { throw Self.failure(errno) }
        let start = UnsafeMutableRawPointer(
            bitPattern: (UInt(bitPattern: room) + UInt(huge) - 1) & ~(UInt(huge) - 1))
        guard
            let base = mmap(
                start, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0),
            base != MAP_FAILED
        else {
            let code = errno
            munmap(room, byteCount + huge)
            throw Self.failure(code)
        }
        for part in parts { Self.collapse(base + part.lowerBound, part.count) }
        return SharedMemory(base: base, byteCount: byteCount) { [byteCount] in
            munmap(room, byteCount + huge)
        }
    }

    /// Puts huge pages in the place of small ones, if the kernel can (Linux 6.1 and later).
    private static func collapse(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
        let MADV_COLLAPSE: Int32 = 25
        let whole = byteCount / SharedMemory.alignment * SharedMemory.alignment
        if whole > 0 { _ = madvise(start, whole, MADV_COLLAPSE) }
    }

    private static func failure(_ code: Int32, byteCount: Int? = nil) -> Failure {
        Failure(
            .inputOutput, in: "/dev/shm",
            expected: byteCount.map { "room for \(($0 + 1 << 20 - 1) >> 20) MiB" },
            found: String(cString: strerror(code)),
            fix: "give the container more shared memory, as with --shm-size")
    }
}
