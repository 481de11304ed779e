/// The microbatches that one consumer loads, in order.
struct MicrobatchSchedule {
    /// One microbatch to load.
    struct Entry {
        /// How many microbatches of this consumer came before it.
        let number: Int
        let position: Sampler.Position
        let microbatch: Int
        /// The image numbers of the whole epoch.
        let order: [Int32]
        /// Where the microbatch's images stand in `order`.
        let images: Range<Int>
    }

    private let sampler: Sampler
    private let share: @Sendable (Int) -> Range<Int>
    private var lastStep: Int
    private var steps: Int
    private var number = 0

    /// How many microbatches were handed out so far.
    var entryCount: Int { number }

    private var owned: Range<Int>
    private var epochOfOrder: Int?
    private var order: [Int32] = []

    /// Creates a schedule.
    ///
    /// - Parameters:
    ///   - sampler: Which images form each microbatch.
    ///   - start: The first step.
    ///   - end: Where to stop, counted from the start of the run.
    ///   - share: The microbatches of a step that this consumer owns, given their number.
    init(
        sampler: Sampler, start: Sampler.Position, end: MicrobatchLoader.End,
        share: @escaping @Sendable (Int) -> Range<Int>
    ) {
        self.sampler = sampler
        self.share = share
        steps = sampler.steps(before: start)
        lastStep =
            switch end {
            case .steps(let count): count
            case .epochs(let count):
                // More steps than a number can hold never end either.
                count > Int.max / sampler.stepsPerEpoch ? .max : count * sampler.stepsPerEpoch
            }
        owned = 0..<0
        // Who never owns anything need not look through all the steps for it.
        if largestShare == 0 { lastStep = steps }
        if steps < lastStep {
            owned = ownedMicrobatches(ofStep: sampler.position(afterSteps: steps).step)
        }
    }

    /// The next microbatch, or nil at the end.
    mutating func next() -> Entry? {
        while owned.isEmpty {
            guard steps < lastStep else { return nil }
            steps += 1
            guard steps < lastStep else { return nil }
            owned = ownedMicrobatches(ofStep: sampler.position(afterSteps: steps).step)
        }
        let position = sampler.position(afterSteps: steps)
        if epochOfOrder != position.epoch {
            order = sampler.order(ofEpoch: position.epoch)
            epochOfOrder = position.epoch
        }
        let microbatch = owned.lowerBound
        owned = microbatch + 1..<owned.upperBound
        defer { number += 1 }
        return Entry(
            number: number, position: position, microbatch: microbatch, order: order,
            images: sampler.positions(step: position.step, microbatch: microbatch))
    }

    /// The most microbatches that this consumer owns in any step.
    var largestShare: Int {
        let last = sampler.stepsPerEpoch - 1
        return max(
            ownedMicrobatches(ofStep: 0).count, ownedMicrobatches(ofStep: last).count)
    }

    /// How many microbatches are to come, counted no further than a limit.
    func remainingCount(upTo limit: Int) -> Int {
        var count = owned.count
        var later = steps + 1
        while count < limit && later < lastStep {
            count += ownedMicrobatches(ofStep: sampler.position(afterSteps: later).step).count
            later += 1
        }
        return min(count, limit)
    }

    private func ownedMicrobatches(ofStep step: Int) -> Range<Int> {
        let count = sampler.microbatchCount(inStep: step)
        let range = share(count)
        precondition(
            range.isEmpty || (range.lowerBound >= 0 && range.upperBound <= count),
            "a share of \(range) in \(count) microbatches")
        return range
    }
}
