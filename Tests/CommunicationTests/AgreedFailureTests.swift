import Communication
import Diagnostics
import Synchronization
import Testing

@Suite struct AgreedFailureTests {
    private static let broken = Failure(
        .badData, in: "data_batch_2.bin", expected: "30,730,000 bytes", found: "29,998,000 bytes",
        fix: "fetch it again")
    private static let missing = Failure(.missingInput, in: "test_batch.bin", found: "is missing")

    /// What every rank throws.
    private func agreement(_ failures: [Failure?]) throws -> AgreedFailure {
        let thrown = try ThreadCommunicator.run(rankCount: failures.count) { communicator in
            #expect(throws: AgreedFailure.self) {
                try communicator.agree(on: failures[communicator.rank])
            }
        }
        let agreed = try #require(thrown[0])
        #expect(thrown.allSatisfy { $0 == agreed })
        return agreed
    }

    private static let text =
        "data_batch_2.bin: 29,998,000 bytes, expected 30,730,000 bytes; fetch it again"

    @Test func failureOfOneRank() throws {
        let agreed = try agreement([nil, Self.broken, nil])
        #expect(agreed.description == "rank 1: \(Self.text)")
        #expect(agreed.exitCode == .badData)
    }

    @Test func failureOfSomeRanks() throws {
        let agreed = try agreement([nil, Self.broken, nil, Self.broken])
        #expect(agreed.description == "ranks 1, 3: \(Self.text)")
    }

    @Test func failureOfManyRanks() throws {
        var failures = [Failure?](repeating: Self.broken, count: 8)
        failures[0] = nil
        failures[5] = nil
        #expect(try agreement(failures).description == "ranks 1–4, 6, 7: \(Self.text)")
    }

    @Test func failureOfAllRanks() throws {
        #expect(try agreement([Self.broken, Self.broken]).description == Self.text)
        #expect(try agreement([Self.broken]).description == Self.text)
    }

    @Test func differentFailures() throws {
        let agreed = try agreement([nil, Self.missing, Self.broken, Self.missing])
        #expect(
            agreed.description
                == "ranks 1, 3: test_batch.bin: is missing\nrank 2: \(Self.text)")
        #expect(agreed.exitCode == .missingInput)
    }

    @Test func programReportsAnAgreedFailureOnce() throws {
        let reports = Mutex<[String]>([])
        let exitCodes = try ThreadCommunicator.run(rankCount: 3) { communicator in
            try communicator.runProgram(reporting: { text in reports.withLock { $0 += [text] } }) {
                try communicator.agree(on: communicator.rank == 2 ? Self.broken : nil)
                return .success
            }
        }
        #expect(exitCodes == [.badData, .badData, .badData])
        #expect(reports.withLock { $0 } == ["rank 2: \(Self.text)"])
    }

    @Test func programAbortsAfterAnErrorOfOneRank() {
        let reports = Mutex<[String]>([])
        let failure = #expect(throws: Failure.self) {
            try ThreadCommunicator.run(rankCount: 2) { communicator in
                try communicator.runProgram(
                    reporting: { text in
                        // The other rank's communicator gives up, which MPI's would not live to see.
                        if communicator.rank == 1 { reports.withLock { $0 += [text] } }
                    },
                    {
                        if communicator.rank == 1 { throw Self.broken }
                        try communicator.barrier()
                        return .success
                    })
            }
        }
        #expect(failure?.exitCode == .badData)
        #expect(reports.withLock { $0 } == ["rank 1: \(Self.text)"])
    }

    @Test func otherErrorsAreNotAgreedOn() {
        struct Surprise: Error {}
        #expect(throws: Surprise.self) {
            try SingleProcessCommunicator().agreeing { throw Surprise() }
        }
    }
}
