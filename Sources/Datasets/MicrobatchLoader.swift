import Diagnostics
import Foundation
import Randomness

/// One microbatch, ready for a network.
///
/// The memory is the loader's and stays valid until the next call of `MicrobatchLoader.next()`.
public struct LoadedMicrobatch {
    /// The epoch, from 0.
    public let epoch: Int
    /// The step in the epoch, from 0.
    public let step: Int
    /// The microbatch in the step, from 0, counted over all ranks.
    public let microbatch: Int
    /// The images in it, at least 1; a row of a table counts as an image of one pixel with a channel
    /// for each feature.
    public let imageCount: Int
    /// What the network takes, `[image, height, width, channel]`, aligned to 64 bytes.
    public let images: UnsafePointer<Float>
    /// The class of each image, `[image]`; all 0 if the source has no labels.
    public let labels: UnsafePointer<Int32>
    /// The value of each image, `[image]`; all 0 if the source has no labels.
    public let targets: UnsafePointer<Float>
    /// The number of each image in the source, `[image]`.
    public let imageNumbers: UnsafePointer<Int32>
    /// With what images are mixed, nil if the source mixes none.
    public let mixtures: Mixtures?

    /// With what each image of a microbatch is mixed.
    public struct Mixtures {
        /// The class of the other image, `[image]`; the image's own if it is mixed with nothing.
        public let partnerLabels: UnsafePointer<Int32>
        /// The share of the image itself, `[image]`, 0 to 1.
        public let shares: UnsafePointer<Float>
    }
}

/// Loads one consumer's microbatches on threads of its own, at least two whole batches ahead.
///
/// All buffers are allocated at the start; a microbatch allocates nothing. The contents depend on the
/// source and the sampler alone, never on the threads or the share.
///
/// ```swift
/// let loader = try MicrobatchLoader(
///     source: training, sampler: sampler, end: .epochs(10),
///     share: { count in rank * count / ranks..<(rank + 1) * count / ranks })
/// while let microbatch = loader.next() { … }
/// ```
///
/// A loader belongs to one thread: `next()` and `stop()` are called by the same one.
public final class MicrobatchLoader {
    /// Where loading ends, counted from the start of the run, wherever the loader itself starts.
    public enum End: Hashable, Sendable {
        /// After so many optimizer steps.
        case steps(Int)
        /// After so many epochs.
        case epochs(Int)
    }

    /// The time that `next()` was blocked because nothing was ready, since the loader was made.
    public private(set) var waited: Duration = .zero

    private let ring: MicrobatchRing
    private let mixesSamples: Bool
    private var threads: [pthread_t] = []
    private var taken = 0

    /// Creates a loader and starts its threads.
    ///
    /// - Parameters:
    ///   - source: The samples; random changes are keyed by the sampler's seed.
    ///   - sampler: Which samples form each microbatch; for as many as the source has.
    ///   - start: The first step to load.
    ///   - end: Where to stop.
    ///   - threadCount: Loader threads, at least 1.
    ///   - share: Given the microbatches of a step, the range of them that this consumer owns; if it
    ///     is empty, the step yields none.
    /// - Throws: `Failure` with `.internalError` if no thread can be started.
    public init(
        source: any InputSource, sampler: Sampler, start: Sampler.Position = .init(), end: End,
        threadCount: Int = 1, share: @escaping @Sendable (Int) -> Range<Int> = { 0..<$0 }
    ) throws {
        precondition(
            sampler.imageCount == source.count,
            "a sampler of \(sampler.imageCount) images for a source of \(source.count)")
        precondition(threadCount > 0, "a loader needs at least 1 thread, got \(threadCount)")
        mixesSamples = source.mixesSamples
        let schedule = MicrobatchSchedule(sampler: sampler, start: start, end: end, share: share)
        // Two batches ahead of the microbatch that the consumer holds.
        let slotCount = schedule.remainingCount(upTo: 2 * schedule.largestShare + 1)
        ring = MicrobatchRing(
            schedule: schedule, slotCount: max(1, slotCount),
            imageCount: min(sampler.microbatchSize, sampler.batchSize, sampler.imageCount),
            elementCount: source.elementCount)
        for _ in 0..<threadCount {
            let job = LoadingJob(source: source, seed: sampler.seed, ring: ring)
            threads.append(try job.start())
        }
    }

    /// Creates a loader of images and starts its threads.
    ///
    /// - Parameters:
    ///   - source: The images.
    ///   - sampler: Which images form each microbatch; for as many images as the source has.
    ///   - preprocessing: What is done to every image before anything else.
    ///   - augmentation: Random changes, keyed by the sampler's seed.
    ///   - normalization: The map from bytes to floats; the source's own if nil.
    ///   - start: The first step to load.
    ///   - end: Where to stop.
    ///   - threadCount: Loader threads, at least 1.
    ///   - share: Given the microbatches of a step, the range of them that this consumer owns.
    /// - Throws: `Failure` with `.usage` if an operation or the normalisation does not fit the
    ///   images, with `.internalError` if no thread can be started.
    public convenience init(
        source: any ImageSource, sampler: Sampler, preprocessing: Preprocessing = .none,
        augmentation: Augmentation = .none, normalization: Normalization? = nil,
        start: Sampler.Position = .init(), end: End, threadCount: Int = 1,
        share: @escaping @Sendable (Int) -> Range<Int> = { 0..<$0 }
    ) throws {
        try self.init(
            source: ImageInput(
                source, preprocessing: preprocessing, augmentation: augmentation,
                normalization: normalization),
            sampler: sampler, start: start, end: end, threadCount: threadCount, share: share)
    }

    deinit { stop() }

    /// The next microbatch in order of (epoch, step, microbatch); the previous one is given back.
    ///
    /// - Returns: The microbatch, or nil after the last one or after `stop()`.
    public func next() -> LoadedMicrobatch? {
        guard let (entry, slot) = ring.take(taken, waiting: &waited) else { return nil }
        taken += 1
        return LoadedMicrobatch(
            epoch: entry.position.epoch, step: entry.position.step, microbatch: entry.microbatch,
            imageCount: entry.images.count, images: UnsafePointer(slot.images),
            labels: UnsafePointer(slot.labels), targets: UnsafePointer(slot.targets),
            imageNumbers: UnsafePointer(slot.imageNumbers),
            mixtures: mixesSamples
                ? LoadedMicrobatch.Mixtures(
                    partnerLabels: UnsafePointer(slot.partnerLabels),
                    shares: UnsafePointer(slot.shares)) : nil)
    }

    /// Ends loading and waits for the threads; `next()` then returns nil.
    public func stop() {
        ring.stop()
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}
