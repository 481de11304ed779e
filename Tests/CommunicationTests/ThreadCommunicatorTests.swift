import Communication
import Diagnostics
import Testing

/// What the threads' communicator does when ranks fail or disagree: nobody waits forever.
@Suite struct ThreadCommunicatorTests {
    private struct Mistake: Error, Equatable { let rank: Int }

    @Test func resultsComeByRank() throws {
        #expect(try ThreadCommunicator.run(rankCount: 3) { $0.rank * $0.rank } == [0, 1, 4])
    }

    @Test func failureOfOneRankEndsThoseWhoWaitInACollective() {
        #expect(throws: Mistake(rank: 1)) {
            try ThreadCommunicator.run(rankCount: 3) { communicator in
                if communicator.rank == 1 { throw Mistake(rank: 1) }
                try communicator.barrier()
            }
        }
    }

    @Test func failureOfOneRankEndsThoseWhoWaitInAPart() {
        #expect(throws: Mistake(rank: 2)) {
            try ThreadCommunicator.run(rankCount: 4) { communicator in
                let part = try communicator.split(color: communicator.rank % 2)
                if communicator.rank == 2 { throw Mistake(rank: 2) }
                try part.barrier()
                try part.barrier()
            }
        }
    }

    @Test func failureOfOneRankEndsThoseWhoWaitForMessages() {
        for waitsForMessage in [true, false] {
            #expect(throws: Mistake(rank: 0)) {
                try ThreadCommunicator.run(rankCount: 2) { communicator in
                    if communicator.rank == 0 { throw Mistake(rank: 0) }
                    var values: [Float] = [1, 2]
                    try values.withUnsafeMutableBufferPointer { values in
                        if waitsForMessage {
                            try communicator.receive(into: values, from: 0, tag: 0)
                        } else {
                            try communicator.send(UnsafeBufferPointer(values), to: 0, tag: 0)
                        }
                    }
                }
            }
        }
    }

    @Test func theLowestFailureIsThrown() {
        #expect(throws: Mistake(rank: 0)) {
            try ThreadCommunicator.run(rankCount: 4) { throw Mistake(rank: $0.rank) }
        }
    }

    @Test func aRankThatEndsEarlyIsNotWaitedFor() {
        let failure = #expect(throws: Failure.self) {
            try ThreadCommunicator.run(rankCount: 2) { communicator in
                if communicator.rank == 0 { try communicator.barrier() }
            }
        }
        #expect(failure?.description == "barrier: rank 0 waits for rank 1, which has ended")
    }

    @Test func differentOperationsAreTold() {
        let failure = #expect(throws: Failure.self) {
            try ThreadCommunicator.run(rankCount: 2) { communicator in
                var values: [Int64] = [1, 2, 3]
                if communicator.rank == 0 {
                    try communicator.sum(&values)
                } else {
                    try communicator.barrier()
                }
            }
        }
        #expect(
            failure?.description == "collective operations: rank 0 is in sum of integers of "
                + "3 elements, rank 1 in barrier")
    }

    @Test func messagesOfTheWrongLengthAreTold() {
        let failure = #expect(throws: Failure.self) {
            try ThreadCommunicator.run(rankCount: 2) { communicator in
                var values = [Float](repeating: 0, count: communicator.rank + 1)
                try values.withUnsafeMutableBufferPointer { values in
                    if communicator.rank == 0 {
                        try communicator.send(UnsafeBufferPointer(values), to: 1, tag: 0)
                    } else {
                        try communicator.receive(into: values, from: 0, tag: 0)
                    }
                }
            }
        }
        #expect(failure?.description == "receive: rank 0 sent 4, expected 8 bytes")
    }

    @Test func abortEndsTheGroupWithItsCode() {
        let failure = #expect(throws: Failure.self) {
            try ThreadCommunicator.run(rankCount: 3) { communicator in
                if communicator.rank == 2 { try communicator.abort(exitCode: .badNumbers) }
                try communicator.barrier()
            }
        }
        #expect(failure?.exitCode == .badNumbers)
    }
}
