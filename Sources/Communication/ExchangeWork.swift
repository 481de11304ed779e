import CSync

/// What a `TeamExchange` does, on whatever thread.
///
/// For each lane of a bucket its owners in all teams divide the elements among the teams: each gets
/// the partial sums of the others for its share, adds them up in the order of the tree, and gives the
/// sum to all others. So a team sends at most about two slabs however many teams there are, and with
/// two teams one.
///
/// Unchecked because two threads take turns: what one writes before it raises `begun` or `done` the
/// other reads after it has seen that.
final class ExchangeWork: @unchecked Sendable {
    /// The plan of the step that was announced last.
    var plan: ReductionPlan?
    /// Whether the next announcement means the end.
    var isEnding = false

    private static let spinCount: UInt32 = 100
    private static let patience: UInt64 = 1_000_000_000

    private let team: HostTeam
    private let division: SlabDivision
    private let lanes: [Int]
    private let sum: UnsafeMutablePointer<Float>
    private let received: UnsafeMutablePointer<Float>
    private let largestShare: Int
    private var messages: [Message] = []
    private var failure: (any Error)?
    /// The number of steps begun and of steps done.
    private let begun: UnsafeMutablePointer<UInt32>
    private let done: UnsafeMutablePointer<UInt32>

    init(
        _ team: HostTeam, division: SlabDivision, plans: [ReductionPlan],
        sum: UnsafeMutablePointer<Float>
    ) {
        self.team = team
        self.division = division
        self.sum = sum
        lanes = division.lanes(ofMember: team.member, team: team.index)
        let largestShare =
            division.buckets.map { division.share(ofTeam: 0, in: division.lane(0, of: $0)).count }
            .max() ?? 0
        self.largestShare = largestShare
        let partialCount = plans.map { $0.partialCounts.reduce(0, +) }.max() ?? 0
        received = .allocate(capacity: lanes.count * partialCount * largestShare)
        received.initialize(repeating: 0, count: lanes.count * partialCount * largestShare)
        begun = .allocate(capacity: 1)
        begun.initialize(to: 0)
        done = .allocate(capacity: 1)
        done.initialize(to: 0)
        messages.reserveCapacity(lanes.count * (partialCount + 1) * 2 * team.ranks.count)
    }

    deinit {
        received.deallocate()
        begun.deallocate()
        done.deallocate()
    }

    /// Lets the other thread work on a step.
    func announce(_ step: UInt32) {
        csync_store(begun, step)
        csync_wake_all(begun)
    }

    /// Waits until the other thread has done a step.
    func wait(forStep step: UInt32) throws {
        while csync_load(done) != step {
            csync_wait(done, step &- 1, Self.spinCount, Self.patience)
        }
        if let failure { throw failure }
    }

    /// Works on announced steps until the end or a failure, after which every step counts as done.
    func runUntilEnd() {
        var step: UInt32 = 0
        while true {
            while csync_load(begun) == step {
                csync_wait(begun, step, Self.spinCount, Self.patience)
            }
            if isEnding { return }
            step = csync_load(begun)
            if failure == nil {
                do { try exchangeAll(step: step) } catch { failure = error }
            }
            csync_store(done, step)
            csync_wake_all(done)
        }
    }

    /// Exchanges all buckets of a step, each as soon as all members have added to it.
    func exchangeAll(step: UInt32) throws {
        guard let plan else { return }
        for (number, bucket) in division.buckets.enumerated() {
            try team.wait(forFlag: number, toReach: step &* UInt32(team.memberCount))
            try exchange(bucket, plan)
        }
    }

    private func exchange(_ bucket: Range<Int>, _ plan: ReductionPlan) throws {
        messages.removeAll(keepingCapacity: true)
        for (number, lane) in lanes.enumerated() {
            let range = division.lane(lane, of: bucket)
            let block = SlabReduction.blockLength
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: block) {
                plan.addWithinTeam(begin..<min(begin + block, range.upperBound))
            }
            for other in team.ranks.indices where other != team.index {
                appendPartialSums(number, range, with: other, plan)
            }
        }
        try transfer()
        messages.removeAll(keepingCapacity: true)
        for (number, lane) in lanes.enumerated() {
            let range = division.lane(lane, of: bucket)
            addAcross(number, division.share(ofTeam: team.index, in: range), plan)
            for other in team.ranks.indices where other != team.index {
                appendSums(number, range, with: other)
            }
        }
        try transfer()
    }

    private func transfer() throws {
        try messages.withUnsafeBufferPointer {
            try team.communicator.transfer($0, isPatient: team.communicator.allowsOtherThreads)
        }
    }

    /// What this team holds of another's share, and what the other holds of this one's.
    private func appendPartialSums(
        _ number: Int, _ range: Range<Int>, with other: Int, _ plan: ReductionPlan
    ) {
        let given = division.share(ofTeam: other, in: range)
        for partial in plan.partials where !given.isEmpty {
            append(partial + given.lowerBound, given.count, number, other, isSent: true)
        }
        let taken = division.share(ofTeam: team.index, in: range)
        for partial in 0..<plan.partialCounts[other] where !taken.isEmpty {
            append(
                place(number, team: other, partial, plan), taken.count, number, other,
                isSent: false)
        }
    }

    /// The sum of this team's share, and that of another's.
    private func appendSums(_ number: Int, _ range: Range<Int>, with other: Int) {
        for (owner, isSent) in [(team.index, true), (other, false)] {
            let share = division.share(ofTeam: owner, in: range)
            if !share.isEmpty {
                append(sum + share.lowerBound, share.count, number, other, isSent: isSent)
            }
        }
    }

    private func append(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, _ number: Int, _ other: Int,
        isSent: Bool
    ) {
        let lane = lanes[number]
        let rank = team.ranks[other][division.member(ofLane: lane, team: other)]
        messages.append(Message(values, count: count, rank: rank, tag: lane, isSent: isSent))
    }

    private func addAcross(_ number: Int, _ share: Range<Int>, _ plan: ReductionPlan) {
        func pointer(_ operand: ReductionPlan.Operand) -> UnsafeMutablePointer<Float> {
            switch operand {
            case .slab(let slab): slab + share.lowerBound
            case .received(let team, let partial): place(number, team: team, partial, plan)
            }
        }
        for addition in plan.across {
            add(pointer(addition.right), into: pointer(addition.left), count: share.count)
        }
        let result = pointer(plan.result)
        if result != sum + share.lowerBound {
            (sum + share.lowerBound).update(from: result, count: share.count)
        }
    }

    /// Where a partial sum of another team goes.
    private func place(
        _ number: Int, team: Int, _ partial: Int, _ plan: ReductionPlan
    ) -> UnsafeMutablePointer<Float> {
        let first = plan.partialCounts[..<team].reduce(0, +) + partial
        let count = plan.partialCounts.reduce(0, +)
        return received + (number * count + first) * largestShare
    }
}
