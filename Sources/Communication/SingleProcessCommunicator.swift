import Diagnostics
import Glibc

/// The group of one rank, for a run without `mpirun`: every operation ends at once.
public final class SingleProcessCommunicator: Communicator {
    /// As `Communicator` says.
    public let rank = 0
    /// As `Communicator` says.
    public let rankCount = 1
    /// As `Communicator` says.
    public let placement: HostPlacement
    /// As `Communicator` says.
    public let log = OperationLog()

    /// Creates the group.
    ///
    /// - Parameter hostName: What `placement` is to say; the system's name if not given.
    public init(hostName: String? = nil) {
        placement = HostPlacement(ofRank: 0, hosts: [0], hostName: hostName ?? systemHostName())
    }

    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) {}
    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Double>) {}
    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    /// As `Communicator` says.
    public func maximum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    /// As `Communicator` says.
    public func minimum(_ values: UnsafeMutableBufferPointer<Int64>) {}
    /// As `Communicator` says.
    public func bitwiseOr(_ bits: UInt64) -> UInt64 { bits }
    /// As `Communicator` says.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
        check(rank: root)
    }
    /// As `Communicator` says.
    public func gather(_ bytes: [UInt8], to root: Int) -> [[UInt8]]? {
        check(rank: root)
        return [bytes]
    }
    /// As `Communicator` says.
    public func allGather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

    /// As `Communicator` says.
    public func send(_ values: UnsafeBufferPointer<Float>, to destination: Int, tag: Int) {
        preconditionFailure("a group of one rank has no other rank to send to")
    }
    /// As `Communicator` says.
    public func receive(
        into values: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) {
        preconditionFailure("a group of one rank has no other rank to receive from")
    }
    /// As `Communicator` says.
    public func exchange(
        _ values: UnsafeBufferPointer<Float>, to destination: Int,
        into received: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) {
        check(rank: destination, tag: tag)
        check(rank: source, tag: tag)
        precondition(
            values.count == received.count,
            "\(values.count) values are sent and \(received.count) expected")
        _ = received.update(fromContentsOf: values)
    }

    /// As `Communicator` says.
    public func barrier() {}
    /// As `Communicator` says.
    public func split(color: Int) -> any Communicator {
        SingleProcessCommunicator(hostName: placement.hostName)
    }
    /// As `Communicator` says.
    public func splitByHost() -> any Communicator { split(color: 0) }
    /// As `Communicator` says.
    public func sharedMemory(byteCount: Int, touching parts: [Range<Int>]) -> SharedMemory {
        SharedMemory(ofThisProcess: byteCount)
    }
    /// As `Communicator` says.
    public let allowsOtherThreads = true
    /// As `Communicator` says.
    public func transfer(_ messages: UnsafeBufferPointer<Message>, isPatient: Bool) {
        precondition(messages.isEmpty, "a group of one rank has no other rank to send to")
    }
    /// As `Communicator` says.
    public func abort(exitCode: ExitCode) -> Never { exit(exitCode.rawValue) }
}

/// The name of this host, cut to 255 bytes.
func systemHostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
