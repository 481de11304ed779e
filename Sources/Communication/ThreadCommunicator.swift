import Diagnostics
import Glibc

/// A group of ranks that are threads of one process: the test double of `MPICommunicator`.
///
/// It is stricter than MPI: a send waits for its receiver, ranks that enter different operations
/// are told so, and a rank that fails or ends makes those who wait for it fail.
public final class ThreadCommunicator: Communicator {
    /// As `Communicator` says.
    public let rank: Int
    /// As `Communicator` says.
    public let placement: HostPlacement
    /// As `Communicator` says.
    public let log: OperationLog
    private let group: ThreadGroup
    private var splitCount = 0

    /// As `Communicator` says.
    public var rankCount: Int { group.members.count }

    private init(_ group: ThreadGroup, rank: Int, log: OperationLog) {
        self.group = group
        self.rank = rank
        self.log = log
        let hosts = group.members.map { group.world.hosts[$0] }
        placement = HostPlacement(ofRank: rank, hosts: hosts, hostName: "host\(hosts[rank])")
    }

    /// Runs a function on several threads, each with its rank's communicator.
    ///
    /// - Parameters:
    ///   - rankCount: The number of threads, at least 1.
    ///   - hostCount: Over how many simulated hosts the ranks are spread, in contiguous blocks.
    ///   - body: What each rank does.
    /// - Returns: The results by rank.
    /// - Throws: What the lowest of the ranks threw that did not merely wait for another.
    @discardableResult
    public static func run<Result: Sendable>(
        rankCount: Int, hostCount: Int = 1,
        _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
    ) throws -> [Result] {
        let hosts = (0..<rankCount).map {
            BalancedPartition.part(of: $0, outOf: hostCount, count: rankCount)
        }
        return try run(hosts: hosts, body)
    }

    /// Runs a function on several threads, each with its rank's communicator.
    ///
    /// - Parameters:
    ///   - hosts: For each rank the number of its simulated host; at least one.
    ///   - body: What each rank does.
    /// - Returns: The results by rank.
    /// - Throws: What the lowest of the ranks threw that did not merely wait for another.
    @discardableResult
    public static func run<Result: Sendable>(
        hosts: [Int], _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
    ) throws -> [Result] {
        let rankCount = hosts.count
        precondition(rankCount > 0, "a group has at least 1 rank")
        let world = ThreadWorld(hosts: hosts)
        let group = ThreadGroup(world: world, members: Array(0..<rankCount))
        let threads = (0..<rankCount).map { rank in
            JoinableThread { () -> Result? in
                do {
                    let communicator = ThreadCommunicator(group, rank: rank, log: OperationLog())
                    let result = try body(communicator)
                    world.end(rank, with: nil)
                    return result
                } catch {
                    world.end(rank, with: error)
                    return nil
                }
            }
        }
        let results = threads.map { $0.join() }
        if let failure = world.failure { throw failure }
        return results.compactMap { $0 }
    }

    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws {
        try reduce(values, "sum of floats", +)
    }
    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Double>) throws {
        try reduce(values, "sum of doubles", +)
    }
    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try reduce(values, "sum of integers", &+)
    }
    /// As `Communicator` says.
    public func maximum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try reduce(values, "maximum", max)
    }
    /// As `Communicator` says.
    public func minimum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try reduce(values, "minimum", min)
    }
    /// As `Communicator` says.
    public func bitwiseOr(_ bits: UInt64) throws -> UInt64 {
        var bits = bits
        try withUnsafeMutablePointer(to: &bits) {
            try reduce(UnsafeMutableBufferPointer(start: $0, count: 1), "bitwise or", |)
        }
        return bits
    }

    /// Each rank combines its share of the elements and writes it into the memory of all.
    private func reduce<Element>(
        _ values: UnsafeMutableBufferPointer<Element>, _ operation: String,
        _ combine: (Element, Element) -> Element
    ) throws {
        let memory = UnsafeMutableRawBufferPointer(values)
        try collective(operation, elementCount: values.count, memory) { contributions in
            let all = contributions.map { $0.memory.bindMemory(to: Element.self) }
            for index in BalancedPartition.range(
                of: rank, outOf: rankCount, count: values.count)
            {
                let result = all.dropFirst().reduce(all[0][index]) { combine($0, $1[index]) }
                for values in all { values[index] = result }
            }
        }
    }

    /// As `Communicator` says.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        check(rank: root)
        let operation = "broadcast from \(root)"
        try collective(operation, elementCount: bytes.count, bytes) { contributions in
            if rank != root {
                bytes.copyMemory(from: UnsafeRawBufferPointer(contributions[root].memory))
            }
        }
    }

    /// As `Communicator` says.
    public func gather(_ bytes: [UInt8], to root: Int) throws -> [[UInt8]]? {
        check(rank: root)
        return try gathered(bytes, "gather to \(root)", here: rank == root)
    }

    /// As `Communicator` says.
    public func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        try gathered(bytes, "all-gather", here: true) ?? []
    }

    private func gathered(
        _ bytes: [UInt8], _ operation: String, here: Bool
    ) throws -> [[UInt8]]? {
        var bytes = bytes
        var gathered: [[UInt8]]?
        try bytes.withUnsafeMutableBytes { bytes in
            try collective(operation, elementCount: nil, bytes) { contributions in
                if here { gathered = contributions.map { Array($0.memory) } }
            }
        }
        return gathered
    }

    /// As `Communicator` says.
    public func send(_ values: UnsafeBufferPointer<Float>, to destination: Int, tag: Int) throws {
        check(rank: destination, tag: tag)
        try log.perform("send", elementCount: values.count) {
            let bytes = UnsafeRawBufferPointer(values)
            try group.post(bytes, from: rank, to: destination, tag: tag)()
        }
    }

    /// As `Communicator` says.
    public func receive(
        into values: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) throws {
        check(rank: source, tag: tag)
        try log.perform("receive", elementCount: values.count) {
            let bytes = UnsafeMutableRawBufferPointer(values)
            try group.take(into: bytes, from: source, to: rank, tag: tag)
        }
    }

    /// As `Communicator` says.
    public func exchange(
        _ values: UnsafeBufferPointer<Float>, to destination: Int,
        into received: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) throws {
        check(rank: destination, tag: tag)
        check(rank: source, tag: tag)
        try log.perform("exchange", elementCount: values.count) {
            let sent = try group.post(
                UnsafeRawBufferPointer(values), from: rank, to: destination, tag: tag)
            let bytes = UnsafeMutableRawBufferPointer(received)
            try group.take(into: bytes, from: source, to: rank, tag: tag)
            try sent()
        }
    }

    /// As `Communicator` says.
    public func barrier() throws {
        let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        try collective("barrier", elementCount: nil, nothing) { _ in }
    }

    /// As `Communicator` says.
    public func split(color: Int) throws -> any Communicator {
        precondition(color >= 0, "a color is at least 0, got \(color)")
        let colors = try allGather(withUnsafeBytes(of: color) { Array($0) }).map {
            $0.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
        }
        splitCount += 1
        let ranks = colors.indices.filter { colors[$0] == color }
        let part = group.part(of: ranks, split: splitCount)
        let place = ranks.count { $0 < rank }
        return ThreadCommunicator(part, rank: place, log: log)
    }

    /// As `Communicator` says.
    public func splitByHost() throws -> any Communicator { try split(color: placement.hostIndex) }

    /// As `Communicator` says.
    public func sharedMemory(byteCount: Int, touching parts: [Range<Int>]) throws -> SharedMemory {
        splitCount += 1
        let memory = group.memory(number: splitCount, byteCount: byteCount)
        // Nobody goes on before it is there, as where it is made by all together.
        try barrier()
        return SharedMemory(base: memory.base, byteCount: byteCount) { _ = memory }
    }

    /// As `Communicator` says.
    public let allowsOtherThreads = true

    /// As `Communicator` says.
    public func transfer(_ messages: UnsafeBufferPointer<Message>, isPatient: Bool) throws {
        var sent: [() throws -> Void] = []
        for message in messages where message.isSent {
            let bytes = UnsafeRawBufferPointer(
                UnsafeBufferPointer(start: message.values, count: message.count))
            sent.append(try group.post(bytes, from: rank, to: message.rank, tag: message.tag))
        }
        for message in messages where !message.isSent {
            let bytes = UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(start: message.values, count: message.count))
            try group.take(into: bytes, from: message.rank, to: rank, tag: message.tag)
        }
        for wait in sent { try wait() }
    }

    /// As `Communicator` says.
    public func checkAlive() throws {
        try group.world.withLock { try group.world.checkAlive() }
    }

    /// As `Communicator` says.
    public func abort(exitCode: ExitCode) throws -> Never {
        try group.world.withLock { try group.world.checkAlive() }
        throw Failure(exitCode, in: "abort", found: "rank \(rank) ended the job")
    }

    /// Runs `body` while every rank's memory is there to be read and written, each element by one.
    private func collective(
        _ operation: String, elementCount: Int?, _ memory: UnsafeMutableRawBufferPointer,
        _ body: ([ThreadGroup.Contribution]) -> Void
    ) throws {
        try log.perform(operation, elementCount: elementCount ?? memory.count) {
            let contribution = ThreadGroup.Contribution(
                operation: operation, elementCount: elementCount, memory: memory)
            body(try group.meet(rank, contribution))
            group.leave()
        }
    }
}
