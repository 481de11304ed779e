import Datasets
import Diagnostics
import Foundation
import Randomness
import Testing

/// Damaged tables: reading ends with a table or a `Failure`, the same on one and on three ranks, and
/// what is read can be encoded, divided and read again like itself, or ends with a `Failure` too.
///
/// `DISTRAIN_FUZZ_SECONDS=300` goes on for so long with other seeds.
@Suite struct TableFuzzTests {
    static let corpus = [
        "x,y,kind\n1,2.5,a\n-3,,b\n4e2,?,a\n", "1;2;3\r\n4;5;6\r\n\r\n7;8;9",
        "id\ttext\n1\t\"a\tb\"\n2\t\"c\"\"d\"\n3\t\"e\nf\"\n", "\u{feff}a|b\n1|NA\n2|null\n",
        " 39, State-gov, 77516, <=50K\n 50, ?, 83311, >50K\n 38, Private, 215646, <=50K.\n",
        "k\nä\né\n漢字\n", "\"a\"\"b\",c\r1,\"\"\r2,\"x\ry\"\r", ",,,\n,,,\n1,2,3,4\n",
        "n\n1e308\n1e-308\n123456789012345678901\n0.1\n", "a,b\n\"1\",\"2\"\n\" 3\",4\n",
    ]

    static let pieces: [[UInt8]] =
        [
            "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "NA", "?", "1e999", "-",
            ".",
            "0", "9999999999999999999", "e5", "\u{feff}", "ü", "inf", "nan", "\n\n", ",,", "\",\"",
        ].map { Array($0.utf8) } + [[0], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xff, 0xfe]]

    /// A text of the corpus with one to eight changes: bytes flipped, pieces put in, parts left out,
    /// doubled or taken from another text.
    private func mutant(_ key: RandomKey) -> [UInt8] {
        func text(_ index: Int) -> [UInt8] {
            Array(Self.corpus[key.integer(below: Self.corpus.count, at: index)].utf8)
        }
        var bytes = text(0)
        for change in 0..<1 + key.integer(below: 8, at: 1) {
            let key = key.derived(change)
            let start = key.integer(below: bytes.count + 1, at: 0)
            let length = key.integer(below: min(40, bytes.count - start + 1), at: 1)
            let part = start..<start + length
            switch key.integer(below: 6, at: 2) {
            case 0: if start < bytes.count { bytes[start] ^= 1 << key.integer(below: 8, at: 3) }
            case 1:
                let piece = Self.pieces[key.integer(below: Self.pieces.count, at: 3)]
                bytes.insert(contentsOf: piece, at: start)
            case 2: bytes.removeSubrange(part)
            case 3: bytes.insert(contentsOf: bytes[part], at: start)
            case 4: bytes.append(contentsOf: text(4 + change))
            default: bytes.removeSubrange(start...)
            }
        }
        return bytes
    }

    private func options(_ key: RandomKey) -> TableOptions {
        func chosen<Value>(_ values: [Value], _ index: Int) -> Value {
            values[key.integer(below: values.count, at: index)]
        }
        return TableOptions(
            delimiter: chosen([nil, nil, nil, ",", ";"], 0),
            hasHeader: chosen([nil, nil, true, false], 1),
            label: chosen([nil, "1", "-1", "kind"], 2),
            columnTypes: chosen(
                [[:], [:], ["1": .category], ["-1": .numeric], ["1": .ignored]], 3),
            missingMarkers: chosen([[], [], ["1"], ["b", "-3"]], 4))
    }

    /// What reading ends with; nil for a table.
    private func failure(_ body: () throws -> Void) throws -> Failure? {
        do {
            try body()
            return nil
        } catch let failure as Failure {
            #expect([.badData, .usage].contains(failure.exitCode), "\(failure)")
            return failure
        }
    }

    private func check(_ key: RandomKey, in folder: TemporaryFolder) throws {
        let path = try folder.write(mutant(key.derived("text")), to: "table.csv")
        let options = options(key.derived("options"))
        var table: Table?
        let alone = try failure { table = try Table.read(path, options: options) }
        let others = LockstepRanks(3).map { ranks in
            Result { try Table.read(path, options: options, ranks: ranks) }
        }
        for other in others {
            switch other {
            case .success(let other): #expect(other.contents == table?.contents)
            case .failure(let other): #expect(other as? Failure == alone)
            }
        }
        if let table { try use(table, path) }
    }

    private func use(_ table: Table, _ path: String) throws {
        _ = try failure { _ = try Table.read(path, like: table.schema) }
        for task in TableTask.allCases {
            _ = try failure {
                let encoder = try TableEncoder(fitting: table, label: "-1", task: task)
                let encoded = try encoder.encode(table)
                for row in 0..<encoded.rowCount {
                    let features = UnsafeBufferPointer(
                        start: encoded.features(at: row), count: encoded.featureCount)
                    let areFinite = features.allSatisfy(\.isFinite)
                    #expect(areFinite)
                }
                let stored = try JSONEncoder().encode(encoder)
                #expect(try JSONDecoder().decode(TableEncoder.self, from: stored) == encoder)
            }
        }
        _ = try failure {
            let rows = try TableSplit.rows(
                of: table, label: "-1", testFraction: 0.4, seed: 1, stratified: true)
            #expect(rows.training.count + rows.test.count == table.rowCount)
        }
    }

    @Test func damagedTablesEndWithATableOrAMessage() throws {
        let folder = try TemporaryFolder()
        for index in 0..<2000 { try check(RandomKey(seed: 1).derived(index), in: folder) }
        let seconds = ProcessInfo.processInfo.environment["DISTRAIN_FUZZ_SECONDS"].flatMap(
            Double.init)
        let end = Date() + (seconds ?? 0)
        var index = 0
        while Date() < end {
            try check(RandomKey(seed: 2).derived(index), in: folder)
            index += 1
        }
        if seconds != nil { print("\(index) more damaged tables") }
    }
}
