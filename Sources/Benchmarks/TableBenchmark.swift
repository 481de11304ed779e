import Communication
import Datasets
import Diagnostics

/// The time in which all ranks read a table together.
public struct TableBenchmark {
    /// What was measured.
    public struct Result: Codable, Hashable, Sendable {
        /// The number of ranks.
        public let ranks: Int
        /// The number of rows.
        public let rows: Int
        /// The number of columns.
        public let columns: Int
        /// Seconds until every rank had the whole table: the median over the repetitions.
        public let seconds: Double
        /// The shortest of the repetitions in seconds.
        public let shortestSeconds: Double
    }

    private let path: String
    private let options: TableOptions
    private let repetitions: Int

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - path: The table's file.
    ///   - options: How it is read.
    ///   - repetitions: How often it is read.
    /// - Throws: `Failure` with `usage` if a number is too small.
    public init(path: String, options: TableOptions, repetitions: Int) throws {
        guard repetitions > 0 else {
            throw Failure(
                .usage, in: "--repetitions", expected: "at least 1", found: "\(repetitions)")
        }
        self.path = path
        self.options = options
        self.repetitions = repetitions
    }

    /// Measures; every rank has to call it.
    ///
    /// - Parameter communicator: The ranks.
    /// - Returns: The measurement, on every rank the same.
    /// - Throws: `AgreedFailure` if the table cannot be read; `Failure` if the message-passing system
    ///   reports an error.
    public func run(_ communicator: any Communicator) throws -> Result {
        let ranks = TableRanks(
            rank: communicator.rank, rankCount: communicator.rankCount,
            allGather: communicator.allGather)
        var size = (rows: 0, columns: 0)
        let samples = try (0..<repetitions).map { _ in
            try communicator.barrier()
            let start = ContinuousClock.now
            let table = try communicator.failingTogether {
                try Table.read(path, options: options, ranks: ranks)
            }
            let duration = ContinuousClock.now - start
            size = (table.rowCount, table.columns.count)
            return Double(try communicator.maximum(of: Int(duration / .nanoseconds(1)))) * 1e-9
        }.sorted()
        return Result(
            ranks: communicator.rankCount, rows: size.rows, columns: size.columns,
            seconds: samples[samples.count / 2], shortestSeconds: samples[0])
    }
}
