import CSystem
import Communication
import FoundationEssentials
import Glibc

/// Whether ranks of a host can read each other's memory, which saves a copy of each message (cross
/// memory attach, CMA).
public enum SingleCopy: Codable, Hashable, Sendable {
    /// The rank has no other on its host.
    case untested
    /// They can.
    case works
    /// They cannot, with the system's reason.
    case fails(String)

    /// Where a rank keeps a word that others try to read.
    private struct Address: Codable {
        let process: Int32
        let address: UInt
    }

    /// Lets each rank read the memory of the next one on its host; every rank has to call it.
    ///
    /// - Parameter group: The ranks of a host.
    /// - Returns: How it went on this rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    static func test(_ group: any Communicator) throws -> SingleCopy {
        let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        defer { word.deallocate() }
        word.pointee = secret(of: group.rank)
        let own = Address(process: getpid(), address: UInt(bitPattern: word))
        let gathered = try group.allGather(Array(JSONEncoder().encode(own)))
        let next = (group.rank + 1) % group.rankCount
        let address = try JSONDecoder().decode(Address.self, from: Data(gathered[next]))
        let result = next == group.rank ? .untested : read(address, expecting: secret(of: next))
        // The others may still be reading.
        try group.barrier()
        return result
    }

    private static func secret(of rank: Int) -> UInt64 { 0x6469_7374_7261_696e ^ UInt64(rank) }

    private static func read(_ address: Address, expecting word: UInt64) -> SingleCopy {
        var received: UInt64 = 0
        let count = csystem_read_process(
            address.process, address.address, &received, MemoryLayout<UInt64>.size)
        guard count >= 0 else { return .fails(String(cString: strerror(errno))) }
        // Another process has this number where each rank has a container of its own.
        return received == word ? .works : .fails("ranks see each other's processes as others")
    }
}
