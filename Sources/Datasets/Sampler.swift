import Diagnostics
import Randomness

/// Which images form each microbatch of each step: a function of (seed, epoch, step, microbatch)
/// alone, so that neither ranks nor threads nor restarts can change it.
///
/// An epoch's images are permuted, cut into batches of `batchSize`, and each batch into microbatches
/// of `microbatchSize`; the last of either may be smaller. Epochs and steps count from 0, and a step
/// is counted within its epoch.
public struct Sampler: Hashable, Sendable {
    /// The number of images of the source.
    public let imageCount: Int
    /// Images of an optimizer step, over all ranks.
    public let batchSize: Int
    /// Images of a microbatch.
    public let microbatchSize: Int
    /// The run's seed.
    public let seed: UInt64
    /// Whether each epoch permutes the images; if not, they come in the order of the source.
    public let shuffles: Bool
    /// Whether the batch that is left over at an epoch's end is skipped instead of used.
    public let dropsLastBatch: Bool

    /// Creates a sampler.
    ///
    /// - Parameters:
    ///   - imageCount: The number of images of the source, at least 1.
    ///   - batchSize: Images of an optimizer step over all ranks, at least 1.
    ///   - microbatchSize: Images of a microbatch, at least 1.
    ///   - seed: The run's seed.
    ///   - shuffles: Whether each epoch permutes the images.
    ///   - dropsLastBatch: Whether a last, smaller batch is skipped.
    /// - Throws: `Failure` with `.usage` if a number is below 1 or no batch is left.
    public init(
        imageCount: Int, batchSize: Int, microbatchSize: Int, seed: UInt64, shuffles: Bool = true,
        dropsLastBatch: Bool = false
    ) throws {
        precondition(
            imageCount >= 0 && imageCount <= Int(Int32.max),
            "image numbers are 32 bits wide, got \(imageCount) images")
        for (flag, value) in [("--batch-size", batchSize), ("--microbatch", microbatchSize)]
        where value < 1 {
            throw Failure(.usage, in: flag, expected: "at least 1", found: "\(value)")
        }
        guard imageCount > 0, !dropsLastBatch || batchSize <= imageCount else {
            throw Failure(
                .usage, in: "--batch-size", expected: "at most the \(imageCount.grouped) images",
                found: batchSize.grouped, fix: "choose a smaller batch")
        }
        self.imageCount = imageCount
        self.batchSize = batchSize
        self.microbatchSize = microbatchSize
        self.seed = seed
        self.shuffles = shuffles
        self.dropsLastBatch = dropsLastBatch
    }

    /// The optimizer steps of an epoch, at least 1.
    public var stepsPerEpoch: Int {
        dropsLastBatch ? imageCount / batchSize : (imageCount - 1) / batchSize + 1
    }

    /// The images of a step over all ranks: `batchSize`, or fewer in the last step.
    ///
    /// - Parameter step: The step in its epoch, from 0.
    /// - Returns: The number of images, at least 1.
    public func imageCount(inStep step: Int) -> Int {
        precondition(
            step >= 0 && step < stepsPerEpoch, "step \(step) of \(stepsPerEpoch) asked for")
        return min(batchSize, imageCount - step * batchSize)
    }

    /// The microbatches of a step over all ranks, ⌈images / microbatch size⌉.
    ///
    /// - Parameter step: The step in its epoch, from 0.
    /// - Returns: The number of microbatches, at least 1.
    public func microbatchCount(inStep step: Int) -> Int {
        (imageCount(inStep: step) - 1) / microbatchSize + 1
    }

    /// Where a microbatch's images stand in the order of the epoch.
    ///
    /// - Parameters:
    ///   - step: The step in its epoch, from 0.
    ///   - microbatch: The microbatch in its step, from 0.
    /// - Returns: Positions in `order(ofEpoch:)`.
    public func positions(step: Int, microbatch: Int) -> Range<Int> {
        let total = imageCount(inStep: step)
        let first = microbatch * microbatchSize
        precondition(
            microbatch >= 0 && first < total,
            "microbatch \(microbatch) of \(microbatchCount(inStep: step)) asked for")
        let start = step * batchSize
        return start + first..<start + first + min(microbatchSize, total - first)
    }

    /// The image numbers of an epoch in the order in which it uses them.
    ///
    /// - Parameter epoch: The epoch, from 0.
    /// - Returns: `[imageCount]`, each image once.
    public func order(ofEpoch epoch: Int) -> [Int32] {
        guard shuffles else { return (0..<Int32(imageCount)).map { $0 } }
        return RandomKey(seed: seed).derived("shuffle").derived(epoch).permutation(of: imageCount)
    }

    /// The image numbers of one microbatch.
    ///
    /// Computes the order of the whole epoch; who needs many microbatches asks for the order once.
    ///
    /// - Parameters:
    ///   - epoch: The epoch, from 0.
    ///   - step: The step in its epoch, from 0.
    ///   - microbatch: The microbatch in its step, from 0.
    /// - Returns: At most `microbatchSize` image numbers.
    public func images(epoch: Int, step: Int, microbatch: Int) -> ArraySlice<Int32> {
        order(ofEpoch: epoch)[positions(step: step, microbatch: microbatch)]
    }
}

extension Sampler {
    /// A point between two steps of a run.
    public struct Position: Hashable, Sendable, Codable {
        /// The epoch, from 0.
        public var epoch: Int
        /// The step in the epoch, from 0.
        public var step: Int

        /// Creates a position.
        ///
        /// - Parameters:
        ///   - epoch: The epoch, from 0.
        ///   - step: The step in the epoch, from 0.
        public init(epoch: Int = 0, step: Int = 0) {
            precondition(epoch >= 0 && step >= 0, "no position \(epoch), \(step)")
            self.epoch = epoch
            self.step = step
        }
    }

    /// The position after so many steps of a run.
    ///
    /// - Parameter steps: Steps since the start of the run, at least 0.
    /// - Returns: The epoch and the step in it.
    public func position(afterSteps steps: Int) -> Position {
        let (epoch, step) = steps.quotientAndRemainder(dividingBy: stepsPerEpoch)
        return Position(epoch: epoch, step: step)
    }

    /// The steps of a run before a position.
    ///
    /// - Parameter position: A point between two steps.
    /// - Returns: Steps since the start of the run.
    public func steps(before position: Position) -> Int {
        position.epoch * stepsPerEpoch + position.step
    }
}
