import Diagnostics

/// A group of ranks and what they can do together.
///
/// Every rank of the group enters the collective operations in the same order with the same counts.
/// A communicator stays on the thread that made it. All operations throw a `Failure` if the
/// message-passing system reports an error; the group is of no use after that.
public protocol Communicator: AnyObject {
    /// This rank, in 0 ..< `rankCount`.
    var rank: Int { get }
    /// The number of ranks in the group.
    var rankCount: Int { get }
    /// On which host this rank runs, and with which others.
    var placement: HostPlacement { get }
    /// What the rank is doing, for a report from another thread.
    var log: OperationLog { get }

    /// Replaces the values on every rank by their sums over all ranks, in an order of additions
    /// that may depend on the number of ranks. `SlabReduction` is the one whose bits do not.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func sum(_ values: UnsafeMutableBufferPointer<Float>) throws
    /// Replaces the values on every rank by their sums over all ranks, in an unspecified order.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func sum(_ values: UnsafeMutableBufferPointer<Double>) throws
    /// Replaces the values on every rank by their sums over all ranks, exactly.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func sum(_ values: UnsafeMutableBufferPointer<Int64>) throws
    /// Replaces the values on every rank by the largest over all ranks.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func maximum(_ values: UnsafeMutableBufferPointer<Int64>) throws
    /// Replaces the values on every rank by the smallest over all ranks.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func minimum(_ values: UnsafeMutableBufferPointer<Int64>) throws
    /// The bits that are set on any rank.
    ///
    /// - Parameter bits: This rank's bits.
    /// - Returns: The same on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func bitwiseOr(_ bits: UInt64) throws -> UInt64

    /// Replaces the bytes on every rank by those of one rank.
    ///
    /// - Parameters:
    ///   - bytes: As many on every rank.
    ///   - root: The rank whose bytes all get.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws
    /// Brings the bytes of every rank, of any number, to one rank.
    ///
    /// - Parameters:
    ///   - bytes: This rank's bytes.
    ///   - root: The rank that gets them.
    /// - Returns: The bytes by rank on the root, nil elsewhere.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func gather(_ bytes: [UInt8], to root: Int) throws -> [[UInt8]]?
    /// Brings the bytes of every rank, of any number, to all ranks.
    ///
    /// - Parameter bytes: This rank's bytes.
    /// - Returns: The bytes by rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func allGather(_ bytes: [UInt8]) throws -> [[UInt8]]

    /// Sends values to another rank and may wait until it receives them.
    ///
    /// - Parameters:
    ///   - values: What to send.
    ///   - destination: To which rank, another than this one.
    ///   - tag: 0 to 32,767; only a receiver with the same tag gets it.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func send(_ values: UnsafeBufferPointer<Float>, to destination: Int, tag: Int) throws
    /// Waits for values of another rank.
    ///
    /// - Parameters:
    ///   - values: Where they go; as many as are sent.
    ///   - source: From which rank, another than this one.
    ///   - tag: The tag with which they are sent.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func receive(into values: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int) throws
    /// Sends and receives at once, so that two ranks can swap.
    ///
    /// - Parameters:
    ///   - values: What to send.
    ///   - destination: To which rank.
    ///   - received: Where the received values go, apart from what is sent.
    ///   - source: From which rank.
    ///   - tag: The tag of both messages.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func exchange(
        _ values: UnsafeBufferPointer<Float>, to destination: Int,
        into received: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) throws

    /// Waits until every rank is here.
    func barrier() throws
    /// Divides the group. Every rank has to call it.
    ///
    /// - Parameter color: At least 0; ranks with the same number come together, in their order.
    /// - Returns: This rank's part of the group.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func split(color: Int) throws -> any Communicator
    /// Divides the group by hosts. Every rank has to call it.
    ///
    /// - Returns: The ranks that can share memory with this one, in their order.
    func splitByHost() throws -> any Communicator
    /// Allocates memory that all ranks of the group read and write. Every rank has to call it, in a
    /// group of one host.
    ///
    /// - Parameters:
    ///   - byteCount: The number of bytes, on every rank the same.
    ///   - parts: What this rank reserves and touches, so that it lies in the memory nearest to it;
    ///     all ranks' parts together are the whole.
    /// - Returns: The memory, zeros.
    /// - Throws: `AgreedFailure` if it is not to be had.
    func sharedMemory(byteCount: Int, touching parts: [Range<Int>]) throws -> SharedMemory
    /// Whether another thread may send and receive while this one calls nothing of the group.
    var allowsOtherThreads: Bool { get }
    /// Sends and receives several messages at once, sleeping while it waits; may be called on another
    /// thread if `allowsOtherThreads`, and is not noted in the log.
    ///
    /// - Parameters:
    ///   - messages: All of them with ranks that call it with the matching messages.
    ///   - isPatient: Whether to sleep between looks, which leaves the processor to others.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func transfer(_ messages: UnsafeBufferPointer<Message>, isPatient: Bool) throws
    /// Throws if a rank is known to have failed, for loops that wait for memory to change.
    ///
    /// - Throws: An error that means the end of this rank too.
    func checkAlive() throws
    /// Ends the whole job at once, whatever the other ranks are doing.
    ///
    /// - Parameter exitCode: What the job exits with.
    /// - Throws: `Failure` where it ends a thread only, never the process.
    func abort(exitCode: ExitCode) throws -> Never
}

extension Communicator {
    /// Where processes fail, the launcher ends the others.
    public func checkAlive() {}

    /// Replaces the values on every rank by their sums over all ranks, exactly.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func sum(_ values: inout [Int64]) throws {
        try values.withUnsafeMutableBufferPointer { try sum($0) }
    }

    /// Replaces the values on every rank by their sums over all ranks, in an unspecified order.
    ///
    /// - Parameter values: As many on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func sum(_ values: inout [Double]) throws {
        try values.withUnsafeMutableBufferPointer { try sum($0) }
    }

    /// The largest of the ranks' values, on every rank.
    ///
    /// - Parameter value: This rank's value.
    /// - Returns: The same on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func maximum(of value: Int) throws -> Int {
        var values = [Int64(value)]
        try values.withUnsafeMutableBufferPointer { try maximum($0) }
        return Int(values[0])
    }

    /// The smallest of the ranks' values, on every rank.
    ///
    /// - Parameter value: This rank's value.
    /// - Returns: The same on every rank.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func minimum(of value: Int) throws -> Int {
        var values = [Int64(value)]
        try values.withUnsafeMutableBufferPointer { try minimum($0) }
        return Int(values[0])
    }

    /// Stops a program that names a rank outside the group or a forbidden tag.
    func check(rank other: Int, tag: Int = 0) {
        precondition(
            (0..<rankCount).contains(other), "rank \(other) is not in a group of \(rankCount)")
        precondition((0...32_767).contains(tag), "tag \(tag) is not in 0 ... 32,767")
    }
}
