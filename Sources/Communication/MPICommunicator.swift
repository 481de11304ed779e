import CMPI
import Diagnostics
import Glibc

/// A group of ranks that are processes started by `mpirun`.
///
/// It stays on the thread that started MPI, but for `transfer`. Letting go of one frees its memory and calls nothing of
/// MPI: groups live until `finalize()`, and nobody waits in a deinitializer.
public final class MPICommunicator: Communicator {
    /// How much of a large sum is exchanged at a time: pieces that stay in the caches while they are
    /// added are much faster than one long message.
    public static let defaultPieceByteCount = 1 << 20

    /// As `Communicator` says.
    public let rank: Int
    /// As `Communicator` says.
    public let rankCount: Int
    /// As `Communicator` says.
    public let placement: HostPlacement
    /// As `Communicator` says.
    public let log: OperationLog
    /// The group as CMPI knows it.
    package let handle: OpaquePointer
    let pieceByteCount: Int
    /// As `Communicator` says.
    public let allowsOtherThreads: Bool

    /// Starts MPI and gives the group of all ranks.
    ///
    /// To be called once, on the main thread.
    ///
    /// - Parameter pieceByteCount: How much of a large sum is exchanged at a time.
    /// - Returns: The group of all ranks.
    /// - Throws: `Failure(.badLaunch)` if MPI cannot be started.
    public static func world(
        pieceByteCount: Int = defaultPieceByteCount
    ) throws -> MPICommunicator {
        var wasInitialized: Int32 = 0
        var wasFinalized: Int32 = 0
        try checkMPI(cmpi_was_initialized(&wasInitialized, &wasFinalized), "MPI_Initialized")
        precondition(wasInitialized == 0, "MPI can be started once in a process")
        var threads = CMPI_THREADS_ONE
        var handle: OpaquePointer?
        let code = cmpi_initialize(&threads, &handle)
        guard code == 0, let handle else {
            throw Failure(.badLaunch, in: "MPI_Init_thread", found: errorText(code))
        }
        guard threads != CMPI_THREADS_ONE else {
            throw Failure(
                .badLaunch, in: "MPI_Init_thread", expected: "MPI_THREAD_FUNNELED",
                found: "\(libraryVersion) grants less",
                fix: "use an MPI library built with thread support")
        }
        return try MPICommunicator(
            handle, log: OperationLog(), pieceByteCount: pieceByteCount,
            allowsOtherThreads: threads == CMPI_THREADS_SERIALIZED)
    }

    /// Ends MPI.
    ///
    /// Every rank has to join, and no communicator is of use afterwards.
    ///
    /// - Throws: `Failure` if MPI reports an error.
    public func finalize() throws {
        try log.perform("finalize") { try checkMPI(cmpi_finalize(), "MPI_Finalize") }
    }

    /// The name and version of the MPI library.
    public static var libraryVersion: String {
        text { cmpi_library_version($0, $1) == 0 } ?? "an unknown MPI library"
    }

    /// Takes over a handle.
    private init(
        _ handle: OpaquePointer, log: OperationLog, pieceByteCount: Int, allowsOtherThreads: Bool
    ) throws {
        var rank = 0
        var rankCount = 0
        try checkMPI(cmpi_rank(handle, &rank), "MPI_Comm_rank")
        try checkMPI(cmpi_size(handle, &rankCount), "MPI_Comm_size")
        placement = HostPlacement(
            ofRank: rank, hosts: try hostLeaders(of: handle, rank: rank, rankCount: rankCount),
            hostName: text { cmpi_processor_name($0, $1) == 0 } ?? systemHostName())
        self.rank = rank
        self.rankCount = rankCount
        self.handle = handle
        self.log = log
        self.pieceByteCount = pieceByteCount
        self.allowsOtherThreads = allowsOtherThreads
    }

    deinit { cmpi_communicator_forget(handle) }

    /// As `Communicator` says.
    public func barrier() throws {
        try log.perform("barrier") { try checkMPI(cmpi_barrier(handle), "barrier") }
    }

    /// As `Communicator` says.
    public func split(color: Int) throws -> any Communicator {
        precondition(color >= 0, "a color is at least 0, got \(color)")
        return try log.perform("split") {
            var part: OpaquePointer?
            try checkMPI(cmpi_split_by_color(handle, color, &part), "split")
            return try adopt(part)
        }
    }

    /// As `Communicator` says.
    public func splitByHost() throws -> any Communicator {
        try log.perform("split by host") {
            var part: OpaquePointer?
            try checkMPI(cmpi_split_by_host(handle, &part), "split by host")
            return try adopt(part)
        }
    }

    /// As `Communicator` says.
    public func sharedMemory(byteCount: Int, touching parts: [Range<Int>]) throws -> SharedMemory {
        try PosixMemory.allocate(byteCount: byteCount, touching: parts, group: self)
    }

    /// As `Communicator` says.
    public func abort(exitCode: ExitCode) -> Never {
        _ = cmpi_abort(handle, exitCode.rawValue)
        exit(exitCode.rawValue)
    }

    private func adopt(_ part: OpaquePointer?) throws -> MPICommunicator {
        guard let part else { preconditionFailure("MPI made a group without a handle") }
        return try MPICommunicator(
            part, log: log, pieceByteCount: pieceByteCount, allowsOtherThreads: allowsOtherThreads)
    }
}

/// For each rank of a group the first rank on its host.
private func hostLeaders(
    of handle: OpaquePointer, rank: Int, rankCount: Int
) throws -> [Int] {
    var local: OpaquePointer?
    try checkMPI(cmpi_split_by_host(handle, &local), "split by host")
    guard let local else { preconditionFailure("MPI made a group without a handle") }
    var leader = rank
    try checkMPI(cmpi_broadcast(local, &leader, MemoryLayout<Int>.size, 0), "broadcast")
    try checkMPI(cmpi_communicator_free(local), "MPI_Comm_free")
    var leaders = [Int](repeating: 0, count: rankCount)
    try checkMPI(cmpi_all_gather(handle, &leader, MemoryLayout<Int>.size, &leaders), "all-gather")
    return leaders
}

/// Turns an MPI error code into a failure of the named operation.
func checkMPI(_ code: Int32, _ operation: String) throws {
    if code != 0 {
        throw Failure(.inputOutput, in: operation, found: "MPI reports \(errorText(code))")
    }
}

private func errorText(_ code: Int32) -> String {
    text {
        cmpi_error_text(code, $0, $1)
        return true
    } ?? "error \(code)"
}

/// The text that a C function leaves in a buffer.
private func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> Bool) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        guard let base = buffer.baseAddress else { return nil }
        base.pointee = 0
        return fill(base, buffer.count) ? String(cString: base) : nil
    }
}
