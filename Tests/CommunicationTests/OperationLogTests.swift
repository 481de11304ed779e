import Communication
import Synchronization
import Testing

@Suite struct OperationLogTests {
    /// A watchdog's view: rank 1 looks at what rank 0 is waiting in.
    @Test(.timeLimit(.minutes(1))) func anotherThreadSeesTheOperation() throws {
        let shared = Mutex<OperationLog?>(nil)
        let entries = try ThreadCommunicator.run(rankCount: 2) { communicator in
            var values: [Int64] = [1, 2, 3]
            var seen = communicator.log.current
            if communicator.rank == 0 {
                communicator.log.enter(phase: "training", step: 17)
                shared.withLock { $0 = communicator.log }
            } else {
                while seen.operation == nil {
                    if let log = shared.withLock({ $0 }) { seen = log.current }
                }
            }
            try communicator.sum(&values)
            return seen
        }
        #expect(entries[0].phase == "start")
        #expect(entries[1].phase == "training")
        #expect(entries[1].step == 17)
        #expect(entries[1].operation == "sum of integers")
        #expect(entries[1].elementCount == 3)
        #expect(entries[1].operationCount == 1)
    }
}
