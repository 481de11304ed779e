import Communication
import Diagnostics

/// A communicator that claims to have other ranks and talks to none, to see the checks fail.
final class Disconnected: Communicator {
    private let alone = SingleProcessCommunicator()
    let rank: Int
    let rankCount: Int
    var placement: HostPlacement { alone.placement }
    var log: OperationLog { alone.log }

    init(_ communicator: any Communicator) {
        rank = communicator.rank
        rankCount = communicator.rankCount
    }

    func sum(_ values: UnsafeMutableBufferPointer<Float>) {}
    func sum(_ values: UnsafeMutableBufferPointer<Double>) {}
    func sum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    func maximum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    func minimum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    func bitwiseOr(_ bits: UInt64) -> UInt64 { bits }
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {}
    func gather(_ bytes: [UInt8], to root: Int) -> [[UInt8]]? { [bytes] }
    func allGather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    func send(_ values: UnsafeBufferPointer<Float>, to destination: Int, tag: Int) {}
    func receive(into values: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int) {}
    func exchange(
        _ values: UnsafeBufferPointer<Float>, to destination: Int,
        into received: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) {}
    func barrier() {}
    func split(color: Int) -> any Communicator { self }
    func splitByHost() -> any Communicator { self }
    func sharedMemory(byteCount: Int, touching parts: [Range<Int>]) -> SharedMemory {
        alone.sharedMemory(byteCount: byteCount, touching: parts)
    }
    let allowsOtherThreads = true
    func transfer(_ messages: UnsafeBufferPointer<Message>, isPatient: Bool) {}
    func abort(exitCode: ExitCode) -> Never { alone.abort(exitCode: exitCode) }
}
