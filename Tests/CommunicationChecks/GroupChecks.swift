import Communication
import Diagnostics

extension Check {
    static let messages = [
        Check(name: "a ring of messages") { communicator in
            let (rank, count) = (communicator.rank, communicator.rankCount)
            let (next, previous) = ((rank + 1) % count, (rank + count - 1) % count)
            for size in [0, 1, 1000, 1_000_000] {
                let sent = (0..<size).map { Float(rank * 10 + $0 % 1000) }
                var received = [Float](repeating: -1, count: size)
                try sent.withUnsafeBufferPointer { sent in
                    try received.withUnsafeMutableBufferPointer { received in
                        try communicator.exchange(
                            sent, to: next, into: received, from: previous, tag: 5)
                    }
                }
                try expect(
                    received, eachToBe: { Float(previous * 10 + $0 % 1000) }, "value", communicator)
            }
        },
        Check(name: "messages by tag from every rank to rank 0") { communicator in
            for size in [0, 1, 1_000_000] where communicator.rankCount > 1 {
                let sent = (0..<size).map { Float(communicator.rank + $0 % 1000) }
                if communicator.rank > 0 {
                    try sent.withUnsafeBufferPointer {
                        try communicator.send($0, to: 0, tag: communicator.rank)
                    }
                    continue
                }
                for source in (1..<communicator.rankCount).reversed() {
                    var received = [Float](repeating: -1, count: size)
                    try received.withUnsafeMutableBufferPointer {
                        try communicator.receive(into: $0, from: source, tag: source)
                    }
                    try expect(
                        received, eachToBe: { Float(source + $0 % 1000) }, "value", communicator)
                }
            }
        },
    ]

    static let groups = [
        Check(name: "split by color") { communicator in
            let part = try communicator.split(color: communicator.rank % 2)
            let (rank, count) = (communicator.rank, communicator.rankCount)
            try expect(part.rank, rank / 2, "rank", communicator)
            try expect(part.rankCount, (count + 1 - rank % 2) / 2, "rank count", communicator)
            var values = [Int64(rank)]
            try part.sum(&values)
            let expected = stride(from: rank % 2, to: count, by: 2).reduce(0, +)
            try expect(values, [Int64(expected)], "sum", communicator)
        },
        Check(name: "split by host") { communicator in
            let host = try communicator.splitByHost()
            let placement = communicator.placement
            try expect(host.rank, placement.localRank, "local rank", communicator)
            try expect(host.rankCount, placement.localRankCount, "local count", communicator)
            try expect(host.placement.hostCount, 1, "hosts", communicator)
            var first = [Int64(host.rank == 0 ? 1 : 0)]
            try communicator.sum(&first)
            try expect(first, [Int64(placement.hostCount)], "hosts", communicator)
        },
        Check(name: "agreement on nothing") { communicator in
            try communicator.agree(on: nil)
            let value = try communicator.agreeing { communicator.rank }
            try expect(value, communicator.rank, "value", communicator)
        },
        Check(name: "agreement on the failure of the last rank") { communicator in
            let last = communicator.rankCount - 1
            let failure = Failure(.badData, in: "data", found: "is \"broken\"")
            do {
                try communicator.agreeing { if communicator.rank == last { throw failure } }
                throw CheckFailed(description: "rank \(communicator.rank) did not agree")
            } catch let agreed as AgreedFailure {
                try expect(agreed.entries.map(\.failure), [failure], "failures", communicator)
                try expect(agreed.entries.map(\.ranks), [[last]], "ranks", communicator)
                try expect(agreed.exitCode, .badData, "exit code", communicator)
            }
        },
        Check(name: "the log names no operation between operations") { communicator in
            communicator.log.enter(phase: "checks", step: 3)
            let before = communicator.log.current.operationCount
            try communicator.barrier()
            let entry = communicator.log.current
            try expect(entry.operation, nil, "operation", communicator)
            try expect(entry.phase, "checks", "phase", communicator)
            try expect(entry.step, 3, "step", communicator)
            let isAlone = communicator is SingleProcessCommunicator
            try expect(entry.operationCount, before + (isAlone ? 0 : 1), "count", communicator)
        },
    ]
}
