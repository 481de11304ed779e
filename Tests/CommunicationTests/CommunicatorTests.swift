import Communication
import CommunicationChecks
import Testing

/// The shared checks on the communicators that live in this process.
@Suite struct CommunicatorTests {
    @Test(arguments: Check.all) func singleProcess(check: Check) throws {
        try check.run(SingleProcessCommunicator())
    }

    @Test(arguments: Check.all, 1...4) func threads(check: Check, rankCount: Int) throws {
        try ThreadCommunicator.run(rankCount: rankCount) { try check.run($0) }
    }

    @Test(arguments: 2...3) func threadsOnSeveralHosts(hostCount: Int) throws {
        try ThreadCommunicator.run(rankCount: 4, hostCount: hostCount) { communicator in
            for check in Check.all { try check.run(communicator) }
        }
    }

    @Test func checksCanFail() {
        #expect(throws: CheckFailed.self) {
            try ThreadCommunicator.run(rankCount: 2) { communicator in
                // As if the ranks were not connected.
                for check in Check.all { try check.run(Disconnected(communicator)) }
            }
        }
    }

    @Test func placementOnSeveralHosts() throws {
        let placements = try ThreadCommunicator.run(rankCount: 5, hostCount: 2) { $0.placement }
        #expect(placements.map(\.localRank) == [0, 1, 2, 0, 1])
        #expect(placements.map(\.localRankCount) == [3, 3, 3, 2, 2])
        #expect(placements.map(\.hostIndex) == [0, 0, 0, 1, 1])
        #expect(placements.map(\.hostCount) == [2, 2, 2, 2, 2])
        #expect(placements.map(\.hostName) == ["host0", "host0", "host0", "host1", "host1"])
    }
}
