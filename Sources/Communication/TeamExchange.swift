/// The sum across teams, on a thread of its own where the message-passing system allows one.
///
/// The thread works on a bucket as soon as all members of the team have raised its flag. It sleeps
/// between looks at its messages, since the processor has better things to do.
final class TeamExchange {
    private let work: ExchangeWork
    private let log: OperationLog
    private var thread: JoinableThread<Bool>?
    private var step: UInt32 = 0

    init(
        _ team: HostTeam, division: SlabDivision, plans: [ReductionPlan],
        sum: UnsafeMutablePointer<Float>
    ) {
        let work = ExchangeWork(team, division: division, plans: plans, sum: sum)
        self.work = work
        log = team.communicator.log
        if team.communicator.allowsOtherThreads {
            thread = JoinableThread {
                work.runUntilEnd()
                return true
            }
        }
    }

    deinit {
        work.isEnding = true
        work.announce(step &+ 1)
        _ = thread?.join()
    }

    /// Begins to exchange a step's buckets.
    ///
    /// - Parameters:
    ///   - plan: The step's plan.
    ///   - step: How many steps have begun.
    func begin(_ plan: ReductionPlan, step: UInt32) {
        self.step = step
        work.plan = plan
        work.announce(step)
    }

    /// Waits until the sum of this rank's own elements is complete.
    func finish() throws {
        if thread == nil {
            try work.exchangeAll(step: step)
        } else {
            try log.perform("exchange of gradients") { try work.wait(forStep: step) }
        }
    }
}
