import Diagnostics

/// The meeting place of a group of threads.
///
/// Unchecked because its state is guarded by the world's lock.
final class ThreadGroup: @unchecked Sendable {
    /// What one rank brings to a collective operation.
    struct Contribution {
        /// The operation and its count, which have to be those of the other ranks.
        var operation: String
        var elementCount: Int?
        var memory: UnsafeMutableRawBufferPointer
    }

    private final class Message {
        let bytes: UnsafeRawBufferPointer
        var isTaken = false
        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
    }

    private struct Route: Hashable {
        var source: Int
        var destination: Int
        var tag: Int
    }

    let world: ThreadWorld
    /// The rank in the world of each rank of the group.
    let members: [Int]
    private var contributions: [Contribution?]
    private var arrivedCount = 0
    private var meetingCount = 0
    private var partedCount = 0
    private var partingCount = 0
    /// The contributions of the last meeting: those of the next replace them only after every rank
    /// has come there, and so has left here.
    private var last: [Contribution] = []
    private var messages: [Route: [Message]] = [:]
    private var parts: [[Int]: ThreadGroup] = [:]
    private var memories: [Int: SharedMemory] = [:]

    init(world: ThreadWorld, members: [Int]) {
        self.world = world
        self.members = members
        contributions = Array(repeating: nil, count: members.count)
    }

    /// Waits until every rank has brought its contribution.
    ///
    /// - Returns: The contributions by rank.
    func meet(_ rank: Int, _ contribution: Contribution) throws -> [Contribution] {
        try world.withLock {
            try world.checkAlive()
            contributions[rank] = contribution
            arrivedCount += 1
            let meeting = meetingCount
            if arrivedCount == members.count {
                try checkAgreement(rank)
                arrivedCount = 0
                meetingCount += 1
                let brought = contributions.compactMap { $0 }
                last = brought
                contributions = Array(repeating: nil, count: members.count)
                world.wakeAll()
                return brought
            }
            try world.wait(
                members[rank], in: contribution.operation,
                for: {
                    self.members.indices.filter { self.contributions[$0] == nil }.map {
                        self.members[$0]
                    }
                },
                until: { self.meetingCount != meeting })
            return last
        }
    }

    /// Waits until every rank is done with the memory of the others.
    ///
    /// Nobody fails between `meet` and this. It does not give up if a rank of another group fails:
    /// memory that is being written must not go away.
    func leave() {
        world.withLock {
            partedCount += 1
            let parting = partingCount
            if partedCount == members.count {
                partedCount = 0
                partingCount += 1
                world.wakeAll()
            }
            while partingCount == parting { world.waitForWake() }
        }
    }

    /// A collective operation that differs between ranks hangs on a cluster; here it is told.
    private func checkAgreement(_ rank: Int) throws {
        let brought = contributions.compactMap { $0 }
        for (other, contribution) in brought.enumerated()
        where contribution.operation != brought[0].operation
            || contribution.elementCount != brought[0].elementCount
        {
            func text(_ contribution: Contribution) -> String {
                contribution.operation
                    + (contribution.elementCount.map { " of \($0) elements" } ?? "")
            }
            throw world.fail(
                members[rank],
                Failure(
                    .internalError, in: "collective operations",
                    found: "rank 0 is in \(text(brought[0])), rank \(other) in "
                        + text(contribution)))
        }
    }

    /// Leaves bytes for another rank, and returns a function that waits until they are taken: a
    /// stricter test than a buffer would be, since MPI may wait as well.
    func post(_ bytes: UnsafeRawBufferPointer, from source: Int, to destination: Int, tag: Int)
        throws -> () throws -> Void
    {
        let message = Message(bytes)
        try world.withLock {
            try world.checkAlive()
            messages[Route(source: source, destination: destination, tag: tag), default: []]
                .append(message)
            world.wakeAll()
        }
        return {
            try self.world.withLock {
                try self.world.wait(
                    self.members[source], in: "send", for: { [self.members[destination]] },
                    until: { message.isTaken })
            }
        }
    }

    /// Waits for bytes of another rank and copies them.
    func take(
        into bytes: UnsafeMutableRawBufferPointer, from source: Int, to destination: Int, tag: Int
    ) throws {
        let route = Route(source: source, destination: destination, tag: tag)
        try world.withLock {
            try world.wait(
                members[destination], in: "receive", for: { [self.members[source]] },
                until: { self.messages[route]?.isEmpty == false })
            // A sender leaves its message behind only after a failure.
            try world.checkAlive()
            guard let message = messages[route]?.removeFirst() else { return }
            guard message.bytes.count == bytes.count else {
                throw world.fail(
                    members[destination],
                    Failure(
                        .internalError, in: "receive", expected: "\(bytes.count) bytes",
                        found: "rank \(source) sent \(message.bytes.count)"))
            }
            bytes.copyMemory(from: message.bytes)
            message.isTaken = true
            world.wakeAll()
        }
    }

    /// The group of some of the members: the same object for all of them.
    ///
    /// - Parameters:
    ///   - ranks: The ranks in this group that make up the part, among them the caller.
    ///   - split: The number of the split, so that each makes groups of its own.
    /// - Returns: The group.
    func part(of ranks: [Int], split: Int) -> ThreadGroup {
        world.withLock {
            let key = [split] + ranks
            if let part = parts[key] { return part }
            let part = ThreadGroup(world: world, members: ranks.map { members[$0] })
            parts[key] = part
            return part
        }
    }

    /// Memory for all members: the same for all of them, kept as long as the group.
    ///
    /// - Parameters:
    ///   - number: Which, so that each call of all members makes memory of its own.
    ///   - byteCount: The number of bytes.
    /// - Returns: The memory.
    func memory(number: Int, byteCount: Int) -> SharedMemory {
        world.withLock {
            if let memory = memories[number] { return memory }
            let memory = SharedMemory(ofThisProcess: byteCount)
            memories[number] = memory
            return memory
        }
    }
}
