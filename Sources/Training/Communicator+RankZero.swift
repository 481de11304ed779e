import Communication
import Diagnostics
import Foundation
import Layers

extension Communicator {
    /// Does something on rank 0 alone and gives all ranks its result.
    ///
    /// Every rank has to call it.
    ///
    /// - Parameter body: What rank 0 does; it must not use the communicator.
    /// - Returns: What `body` returned on rank 0.
    /// - Throws: `AgreedFailure` on every rank if `body` fails.
    func fromRankZero<Value: Codable>(_ body: () throws -> Value) throws -> Value {
        let bytes = try agreeing { rank == 0 ? [UInt8](try JSONFiles.encode(body())) : [] }
        let all = try allGather(bytes)
        return try JSONFiles.decode(Value.self, from: Data(all[0]), path: "message of rank 0")
    }

    /// Gives all ranks what rank 0 has in an arena.
    func broadcastFromRankZero(_ arena: Arena) throws {
        // Messages of at most 256 MiB, as counts of some libraries are 32 bits wide.
        let pieceCount = 1 << 26
        for start in stride(from: 0, to: arena.count, by: pieceCount) {
            let piece = UnsafeMutableBufferPointer(
                start: arena.base + start, count: min(pieceCount, arena.count - start))
            try broadcast(UnsafeMutableRawBufferPointer(piece), from: 0)
        }
    }
}
