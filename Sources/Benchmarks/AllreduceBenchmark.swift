import Communication
import Diagnostics
import Optimizers

/// The time from the gradients of all ranks to the new parameters of all ranks, by the tree in shared
/// memory and by the MPI library's sum.
///
/// By the tree, each rank of a host adds up and steps its own part of one copy of the parameters; by
/// the library, each rank gets the whole sum and steps a copy of its own. The step is stochastic
/// gradient descent with momentum. Both take turns, and every rank gives one slab.
public struct AllreduceBenchmark {
    /// One size.
    public struct Row: Codable, Hashable, Sendable {
        /// Bytes of the gradients of a rank.
        public let bytes: Int
        /// Seconds by the tree: the median of what the slowest rank took.
        public let tree: Double
        /// Seconds by the MPI library's sum.
        public let mpi: Double
        /// How many times as long the library's way takes.
        public let ratio: Double
    }

    /// What was measured.
    public struct Result: Codable, Hashable, Sendable {
        /// The number of ranks.
        public let ranks: Int
        /// The number of hosts.
        public let hosts: Int
        /// The sizes in ascending order.
        public let rows: [Row]
    }

    /// The sizes that are measured if none are given: 4 KiB to 256 MiB, and resnet18's 44.7 MB.
    public static let usualByteCounts = [
        4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 44_695_848, 64 << 20,
        256 << 20,
    ]

    private let byteCounts: [Int]
    private let repetitions: Int

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - byteCounts: The sizes, at least 4 bytes each.
    ///   - repetitions: How often each way is measured at each size; small sizes more often.
    /// - Throws: `Failure` with `usage` if a number is too small.
    public init(byteCounts: [Int] = usualByteCounts, repetitions: Int = 9) throws {
        for (flag, value, range) in byteCounts.map({ ("--bytes", $0, 4...(1 << 40)) })
            + [("--repetitions", repetitions, 1...1_000_000)]
        where !range.contains(value) {
            throw Failure(
                .usage, in: flag,
                expected: "\(range.lowerBound) to \(range.upperBound.grouped)", found: "\(value)")
        }
        self.byteCounts = byteCounts.sorted()
        self.repetitions = repetitions
    }

    /// Measures; every rank has to call it.
    ///
    /// - Parameter communicator: The ranks.
    /// - Returns: The measurement, on every rank the same.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func run(_ communicator: any Communicator) throws -> Result {
        try communicator.agreeing { try requireMemory(communicator.placement.localRankCount) }
        let rows = try byteCounts.map { byteCount in
            let ways = try [ReductionMethod.tree, .mpi].map {
                try ReducedStep(count: byteCount / 4, method: $0, communicator)
            }
            // Microseconds differ more from time to time than milliseconds do.
            let rounds = byteCount < 1 << 22 ? 20 * repetitions : repetitions
            var samples: [[Int64]] = [[], []]
            for round in 0..<rounds + 2 {
                for (way, step) in ways.enumerated() {
                    let nanoseconds = try step.measure(communicator)
                    // The first ones meet cold caches and pages.
                    if round >= 2 { samples[way].append(Int64(nanoseconds)) }
                }
            }
            let medians = samples.map { Double($0.sorted()[$0.count / 2]) * 1e-9 }
            return Row(
                bytes: byteCount, tree: medians[0], mpi: medians[1],
                ratio: medians[1] / medians[0])
        }
        return Result(
            ranks: communicator.rankCount, hosts: communicator.placement.hostCount, rows: rows)
    }

    /// Both ways at once: parameters, slots and slabs, with copies of all for each rank of the library's.
    private func requireMemory(_ localRankCount: Int) throws {
        let byteCount = (byteCounts.last ?? 0) * (2 + 6 * localRankCount)
        try MemoryLimit.require(byteCount, for: "the largest size", fix: "give smaller --bytes")
    }
}

/// Gradients, parameters and one slot of an optimizer, and the step that leads from the first to new
/// ones of the others.
private final class ReducedStep {
    private let count: Int
    private let team: HostTeam
    private let reduction: SlabReduction
    private let parameters: UnsafeMutablePointer<Float>
    private let slots: UnsafeMutablePointer<Float>
    private let optimizer: any Optimizer
    private let settings = StepSettings(step: 1, learningRate: 1e-6, weightDecay: 5e-4)

    init(count: Int, method: ReductionMethod, _ communicator: any Communicator) throws {
        self.count = count
        let leafCounts = [communicator.rankCount]
        team = try HostTeam(
            communicator, sharesMemory: method == .tree, sharedFloatCounts: [count, count],
            memberFloatCounts: SlabReduction.memberFloatCounts(
                leafCounts: leafCounts, elementCount: count, rankCount: communicator.rankCount,
                method: method),
            flagCount: SlabReduction.flagCount(elementCount: count))
        parameters = team.takeShared(count)
        slots = team.takeShared(count)
        reduction = SlabReduction(
            leafCounts: leafCounts, elementCount: count, method: method, team: team)
        optimizer = try OptimizerCatalog.make("sgd", OptimizerSettings(momentum: 0.9))
    }

    /// Makes a step from new gradients, whose making is not measured.
    ///
    /// - Returns: The nanoseconds of the slowest rank.
    func measure(_ communicator: any Communicator) throws -> Int {
        reduction.begin(leafCount: communicator.rankCount)
        reduction.leaf.update(repeating: Float(communicator.rank + 1), count: count)
        try communicator.barrier()
        let start = ContinuousClock.now
        reduction.endLeaf()
        try reduction.complete { _ in }
        for range in reduction.ownRanges {
            let slab = ParameterSlice(
                parameters: parameters, gradients: reduction.sum, slots: slots, slotStride: count,
                count: count)
            optimizer.update(slab[range], settings)
        }
        try team.meet("updated parameters")
        let duration = ContinuousClock.now - start
        return try communicator.maximum(of: Int(duration / .nanoseconds(1)))
    }
}
