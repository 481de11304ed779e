import Communication
import FoundationEssentials
import Glibc

/// Measures messages and clocks between rank 0 and others, one pair after the other, so that they do
/// not disturb each other.
struct LinkMeasurement {
    /// What came out, on every rank the same.
    struct Result: Codable {
        var links: [LinkFacts] = []
        var clocks: [ClockFacts] = []
    }

    private static let tag = 32_003
    private static let largeCount = 1 << 18
    // Enough for a median; a rank that waits for a core may take milliseconds each time.
    private static let smallRepetitions = 60
    private static let largeRepetitions = 8
    private static let clockRepetitions = 10

    private let communicator: any Communicator
    private let buffer: UnsafeMutableBufferPointer<Float>

    /// Measures; every rank has to call it.
    ///
    /// - Parameters:
    ///   - communicator: All ranks.
    ///   - hostIndices: The number of each rank's host.
    /// - Returns: Rank 0 with another rank of its host, and with one of each other host.
    /// - Throws: `Failure` if the message-passing system reports an error.
    static func run(_ communicator: any Communicator, hostIndices: [Int]) throws -> Result {
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: largeCount)
        buffer.initialize(repeating: 1)
        defer { buffer.deallocate() }
        let measurement = LinkMeasurement(communicator: communicator, buffer: buffer)
        var result = Result()
        for other in partners(hostIndices) {
            let isLocal = hostIndices[other] == hostIndices[0]
            try communicator.barrier()
            let link = try measurement.link(with: other, isLocal: isLocal)
            if let link { result.links.append(link) }
            if !isLocal, let clock = try measurement.clock(of: other) {
                result.clocks.append(clock)
            }
        }
        // Rank 0 alone takes times.
        let gathered = try communicator.allGather(Array(JSONEncoder().encode(result)))
        return try JSONDecoder().decode(Result.self, from: Data(gathered[0]))
    }

    /// The first other rank of rank 0's host, and the first rank of each other host.
    static func partners(_ hostIndices: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return hostIndices.indices.dropFirst().filter { seen.insert(hostIndices[$0]).inserted }
    }

    /// Nil on all ranks but 0.
    private func link(with other: Int, isLocal: Bool) throws -> LinkFacts? {
        let latency = try roundTrip(other, count: 1, repetitions: Self.smallRepetitions)
        let time = try roundTrip(
            other, count: Self.largeCount, repetitions: Self.largeRepetitions)
        guard let latency, let time else { return nil }
        let byteCount = Double(Self.largeCount * MemoryLayout<Float>.size)
        return LinkFacts(
            first: 0, second: other, isLocal: isLocal, latency: latency / 2,
            bandwidth: 2 * byteCount / time)
    }

    /// The median of seconds there and back, on rank 0.
    private func roundTrip(_ other: Int, count: Int, repetitions: Int) throws -> Double? {
        var samples: [Double] = []
        // The first ones set up connections.
        for repetition in 0..<repetitions + 4 {
            let start = ContinuousClock.now
            try pass(to: other, count: count)
            if repetition >= 4 { samples.append((ContinuousClock.now - start) / .seconds(1)) }
        }
        return communicator.rank == 0 ? samples.sorted()[samples.count / 2] : nil
    }

    /// One message to the other rank and back.
    private func pass(to other: Int, count: Int) throws {
        let message = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        if communicator.rank == 0 {
            try communicator.send(UnsafeBufferPointer(message), to: other, tag: Self.tag)
            try communicator.receive(into: message, from: other, tag: Self.tag)
        } else if communicator.rank == other {
            try communicator.receive(into: message, from: 0, tag: Self.tag)
            try communicator.send(UnsafeBufferPointer(message), to: 0, tag: Self.tag)
        }
    }

    /// Asks another rank for its time; nil on all ranks but 0.
    ///
    /// Source: Cristian 1989: the time in the middle between question and answer, of the fastest of
    /// several answers.
    private func clock(of other: Int) throws -> ClockFacts? {
        var best: ClockFacts?
        for _ in 0..<Self.clockRepetitions {
            let start = seconds()
            // Seconds since 1970 in three floats of 24 bits each.
            if communicator.rank == other {
                try communicator.receive(into: part(1), from: 0, tag: Self.tag)
                write(seconds())
                try communicator.send(UnsafeBufferPointer(part(3)), to: 0, tag: Self.tag)
            } else if communicator.rank == 0 {
                try communicator.send(UnsafeBufferPointer(part(1)), to: other, tag: Self.tag)
                try communicator.receive(into: part(3), from: other, tag: Self.tag)
                let end = seconds()
                let uncertainty = (end - start) / 2
                if uncertainty < best?.uncertainty ?? .infinity {
                    best = ClockFacts(
                        rank: other, offset: readSeconds() - (start + end) / 2,
                        uncertainty: uncertainty)
                }
            }
        }
        return best
    }

    private func part(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: buffer[..<count])
    }

    private func write(_ seconds: Double) {
        let microseconds = UInt64(seconds * 1e6)
        for index in 0..<3 {
            buffer[index] = Float((microseconds >> (24 * UInt64(index))) & 0xff_ffff)
        }
    }

    private func readSeconds() -> Double {
        let microseconds = (0..<3).reduce(UInt64(0)) {
            $0 | UInt64(buffer[$1]) << (24 * UInt64($1))
        }
        return Double(microseconds) * 1e-6
    }

    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
