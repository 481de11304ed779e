import CMPI
import Communication
import Diagnostics

/// Checks that the ranks of a host see each other's part of a shared window.
func checkSharedMemory(_ world: MPICommunicator) throws {
    guard let host = try world.splitByHost() as? MPICommunicator else {
        throw Failure(.internalError, in: "split by host", found: "gave another communicator")
    }
    let count = 1000 + host.rank
    var window: OpaquePointer?
    var base: UnsafeMutableRawPointer?
    let byteCount = count * MemoryLayout<Int>.size
    try expectSuccess(cmpi_window_allocate_shared(host.handle, byteCount, &window, &base))
    base?.bindMemory(to: Int.self, capacity: count).initialize(repeating: host.rank, count: count)
    try expectSuccess(cmpi_window_synchronize(window))
    try host.barrier()
    try expectSuccess(cmpi_window_synchronize(window))
    for rank in 0..<host.rankCount {
        var size = 0
        var other: UnsafeMutableRawPointer?
        try expectSuccess(cmpi_window_query(window, rank, &size, &other))
        let values = UnsafeBufferPointer(
            start: other?.assumingMemoryBound(to: Int.self), count: size / MemoryLayout<Int>.size)
        // The size is told in whole pages.
        guard values.count >= 1000 + rank, values.prefix(1000 + rank).allSatisfy({ $0 == rank })
        else {
            throw Failure(
                .internalError, in: "shared window", expected: "\(1000 + rank) times \(rank)",
                found: "\(values.count) values, first \(values.first ?? -1)")
        }
    }
    try host.barrier()
    try expectSuccess(cmpi_window_free(window))
}

private func expectSuccess(_ code: Int32) throws {
    if code != 0 {
        var text = [CChar](repeating: 0, count: 512)
        cmpi_error_text(code, &text, text.count)
        throw Failure(
            .internalError, in: "shared window",
            found: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    }
}
