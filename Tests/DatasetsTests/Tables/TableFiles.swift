import Datasets
import Diagnostics
import Foundation
import Testing

/// Reads a text as a table, and shows the columns.
func table(
    _ text: String, options: TableOptions = TableOptions(), like schema: TableSchema? = nil
) throws -> Table {
    let folder = try TemporaryFolder()
    return try Table.read(
        folder.write(Array(text.utf8), to: "table.csv"), options: options, like: schema)
}

/// The failure of reading a text as a table, without the folder in front of the file's name.
func failure(
    ofReading bytes: [UInt8], options: TableOptions = TableOptions(),
    like schema: TableSchema? = nil, rankCount: Int = 1
) throws -> Failure? {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "table.csv")
    let results = LockstepRanks(rankCount).map { ranks in
        Result { try Table.read(path, options: options, like: schema, ranks: ranks) }
    }
    let failures = results.map { result -> Failure? in
        guard case .failure(let error) = result else { return nil }
        return error as? Failure
    }
    #expect(Set(failures).count == 1, "ranks fail alike")
    return failures[0].map {
        Failure(
            $0.exitCode, in: $0.subject.replacing(folder.path + "/", with: ""),
            expected: $0.expected, found: $0.found, fix: $0.fix)
    }
}

extension Table {
    /// The numbers of a column; empty for one that has none.
    func numbers(_ column: Int) -> [Double] {
        if case .numeric(let numbers) = columns[column].values { numbers } else { [] }
    }

    /// The texts of a column, nil where one is missing; empty for a column that has none.
    func texts(_ column: Int) -> [String?] {
        guard case .category(let codes, let levels) = columns[column].values else { return [] }
        return codes.map { $0 < 0 ? nil : levels[Int($0)] }
    }

    /// The types of the columns.
    var types: [ColumnType] { schema.columns.map(\.type) }

    /// Everything, with the bits of the numbers, so that tables can be compared.
    var contents: [TableColumn] {
        columns.map { column in
            guard case .numeric(let numbers) = column.values else { return column }
            // NaN is not equal to itself.
            return TableColumn(
                name: column.name,
                values: .category(
                    codes: numbers.flatMap { number in
                        let bits = number.bitPattern
                        return [
                            Int32(truncatingIfNeeded: bits), Int32(truncatingIfNeeded: bits >> 32),
                        ]
                    }, levels: []))
        }
    }
}

/// Ranks on threads of their own that exchange bytes, each call with its like on the others.
final class LockstepRanks: @unchecked Sendable {
    private let count: Int
    private let condition = NSCondition()
    private var waiting = 0
    private var round = 0
    private var sent: [[UInt8]]
    private var received: [[UInt8]] = []

    init(_ count: Int) {
        self.count = count
        sent = [[UInt8]](repeating: [], count: count)
    }

    /// What a body returns on each rank.
    func map<Value: Sendable>(_ body: @escaping @Sendable (TableRanks) -> Value) -> [Value] {
        let results = Results<Value>(count)
        let threads = (0..<count).map { rank in
            Thread { [self] in
                let ranks = TableRanks(rank: rank, rankCount: count) { self.gather($0, rank) }
                results.set(body(ranks), at: rank)
            }
        }
        for thread in threads { thread.start() }
        return results.wait()
    }

    private func gather(_ bytes: [UInt8], _ rank: Int) -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        sent[rank] = bytes
        waiting += 1
        let own = round
        if waiting == count {
            received = sent
            waiting = 0
            round += 1
            condition.broadcast()
        } else {
            while round == own { condition.wait() }
        }
        return received
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let condition = NSCondition()
        private var values: [Value?]

        init(_ count: Int) { values = [Value?](repeating: nil, count: count) }

        func set(_ value: Value, at rank: Int) {
            condition.withLock {
                values[rank] = value
                condition.broadcast()
            }
        }

        func wait() -> [Value] {
            condition.withLock {
                while values.contains(where: { $0 == nil }) { condition.wait() }
                return values.compactMap { $0 }
            }
        }
    }
}
