import Communication

/// The sizes that collective operations are checked with; the last takes several pieces.
private let sizes = [0, 1, 1000, 3_000_000]

extension Check {
    /// All checks, in the order in which they run.
    public static let all = collectives + gathers + messages + groups + reductions

    /// Sums of 1, …, P weighted by the index: small integers, which every order adds exactly.
    private static let collectives = [
        Check(name: "sums of floats") { communicator in
            for size in sizes {
                var values = (0..<size).map { Float(communicator.rank + 1) * Float($0 % 1000) }
                try values.withUnsafeMutableBufferPointer { try communicator.sum($0) }
                let total = triangle(communicator.rankCount)
                try expect(
                    values, eachToBe: { Float(total) * Float($0 % 1000) }, "sum", communicator)
            }
        },
        Check(name: "sums of doubles") { communicator in
            var values = (0..<1000).map { Double(communicator.rank + 1) * Double($0) * 0.5 }
            try communicator.sum(&values)
            let total = triangle(communicator.rankCount)
            try expect(values, eachToBe: { Double(total) * Double($0) * 0.5 }, "sum", communicator)
        },
        Check(name: "sums of integers") { communicator in
            let large = Int64(1) << 55
            var values = (0..<1000).map { Int64(communicator.rank) * Int64($0) + large }
            try communicator.sum(&values)
            let total = Int64(triangle(communicator.rankCount - 1))
            try expect(
                values, eachToBe: { total * Int64($0) + large * Int64(communicator.rankCount) },
                "sum", communicator)
        },
        Check(name: "extremes") { communicator in
            var largest = (0..<100).map { Int64(communicator.rank) - Int64($0) }
            try largest.withUnsafeMutableBufferPointer { try communicator.maximum($0) }
            let last = Int64(communicator.rankCount - 1)
            try expect(largest, eachToBe: { last - Int64($0) }, "maximum", communicator)
            var smallest = (0..<100).map { Int64($0) - Int64(communicator.rank) }
            try smallest.withUnsafeMutableBufferPointer { try communicator.minimum($0) }
            try expect(smallest, eachToBe: { Int64($0) - last }, "minimum", communicator)
            let rank = communicator.rank
            try expect(try communicator.maximum(of: rank), Int(last), "maximum", communicator)
            try expect(try communicator.minimum(of: -rank), -Int(last), "minimum", communicator)
        },
        Check(name: "bitwise or") { communicator in
            let found = try communicator.bitwiseOr(1 << (63 - UInt64(communicator.rank)) | 2)
            let expected = (0..<communicator.rankCount).reduce(UInt64(2)) {
                $0 | 1 << (63 - UInt64($1))
            }
            try expect(found, expected, "bits", communicator)
        },
        Check(name: "broadcasts from every rank") { communicator in
            for root in 0..<communicator.rankCount {
                for size in sizes {
                    var values = (0..<size).map { Float(communicator.rank * 7 + $0 % 1000) }
                    try values.withUnsafeMutableBytes { try communicator.broadcast($0, from: root) }
                    try expect(
                        values, eachToBe: { Float(root * 7 + $0 % 1000) }, "value", communicator)
                }
            }
        },
        Check(name: "barrier") { try $0.barrier() },
    ]

    private static let gathers = [
        Check(name: "gathers of variable length to every rank") { communicator in
            for root in 0..<communicator.rankCount {
                let gathered = try communicator.gather(bytes(of: communicator.rank), to: root)
                let expected =
                    communicator.rank == root ? (0..<communicator.rankCount).map(bytes) : nil
                try expect(gathered, expected, "gathered", communicator)
            }
        },
        Check(name: "all-gathers of variable length") { communicator in
            let gathered = try communicator.allGather(bytes(of: communicator.rank))
            let expected = (0..<communicator.rankCount).map(bytes)
            try expect(gathered, expected, "gathered", communicator)
        },
        Check(name: "gathers of nothing and of much") { communicator in
            let nothing = try communicator.allGather([])
            let none = [[UInt8]](repeating: [], count: communicator.rankCount)
            try expect(nothing, none, "gathered", communicator)
            let much = [UInt8](repeating: UInt8(communicator.rank), count: 1_000_000)
            let gathered = try communicator.allGather(much)
            for (rank, bytes) in gathered.enumerated() {
                try expect(bytes.count, 1_000_000, "count", communicator)
                try expect(bytes, eachToBe: { _ in UInt8(rank) }, "byte", communicator)
            }
        },
    ]
}

/// 1 + … + n.
private func triangle(_ n: Int) -> Int { n * (n + 1) / 2 }

/// A contribution that differs between ranks in length and contents; that of rank 1 is empty.
private func bytes(of rank: Int) -> [UInt8] {
    rank == 1 ? [] : (0..<10 * rank + 3).map { UInt8(truncatingIfNeeded: $0 * 3 + rank) }
}
