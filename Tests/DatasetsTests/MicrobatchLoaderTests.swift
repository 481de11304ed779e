import Datasets
import Foundation
import Testing

/// A copy of what a loader handed out.
private struct Copy: Hashable {
    let epoch: Int
    let step: Int
    let microbatch: Int
    let images: [Float]
    let labels: [Int32]
    let imageNumbers: [Int32]
}

@Suite struct MicrobatchLoaderTests {
    private static let format = ImageFormat(height: 6, width: 5, channels: 3)
    private let source = PatternImages(format: Self.format, layout: .planar, count: 103)

    private func sampler(batch: Int = 20) throws -> Sampler {
        try Sampler(imageCount: 103, batchSize: batch, microbatchSize: 3, seed: 5)
    }

    private func load(
        from start: Sampler.Position = .init(), end: MicrobatchLoader.End = .epochs(2),
        threads: Int = 1, batch: Int = 20,
        share: @escaping @Sendable (Int) -> Range<Int> = { 0..<$0 }
    ) throws -> [Copy] {
        let loader = try MicrobatchLoader(
            source: source, sampler: sampler(batch: batch),
            augmentation: Augmentation(parsing: ["crop:2", "flip"]), start: start, end: end,
            threadCount: threads, share: share)
        var copies: [Copy] = []
        while let part = loader.next() { copies.append(copy(part)) }
        #expect(loader.next() == nil)
        return copies
    }

    private func copy(_ part: LoadedMicrobatch) -> Copy {
        #expect(UInt(bitPattern: part.images) % 64 == 0)
        let floats = part.imageCount * Self.format.elementCount
        return Copy(
            epoch: part.epoch, step: part.step, microbatch: part.microbatch,
            images: Array(UnsafeBufferPointer(start: part.images, count: floats)),
            labels: Array(UnsafeBufferPointer(start: part.labels, count: part.imageCount)),
            imageNumbers: Array(
                UnsafeBufferPointer(start: part.imageNumbers, count: part.imageCount)))
    }

    @Test func microbatchesComeInOrderWithTheSamplersImages() throws {
        let sampler = try sampler()
        var expected: [[Int]] = []
        for epoch in 0..<2 {
            for step in 0..<sampler.stepsPerEpoch {
                for number in 0..<sampler.microbatchCount(inStep: step) {
                    expected.append([epoch, step, number])
                }
            }
        }
        let found = try load()
        #expect(found.map { [$0.epoch, $0.step, $0.microbatch] } == expected)
        for part in found {
            let images = sampler.images(
                epoch: part.epoch, step: part.step, microbatch: part.microbatch)
            #expect(part.imageNumbers == Array(images))
            #expect(part.labels == images.map { $0 % 10 })
        }
    }

    @Test(arguments: [2, 3, 7])
    func threadsDoNotChangeAnything(threads: Int) throws {
        #expect(try load(threads: threads) == load())
    }

    @Test(arguments: [1, 2, 3, 8], [1, 3])
    func sharesTogetherGiveTheWhole(ranks: Int, threads: Int) throws {
        let whole = try load()
        var parts: [Copy] = []
        for rank in 0..<ranks {
            // Seven microbatches in most steps and one in the last: the eighth rank has none.
            parts += try load(threads: threads) { count in
                rank * count / ranks..<(rank + 1) * count / ranks
            }
        }
        #expect(parts.count == whole.count)
        #expect(Set(parts) == Set(whole))
    }

    @Test func aConsumerThatOwnsNothingGetsNothing() throws {
        #expect(try load(end: .steps(.max)) { _ in 0..<0 }.isEmpty)
    }

    @Test(arguments: [0, 1, 4, 5, 6, 7, 11, 12])
    func resumingGivesTheTailOfTheRun(steps: Int) throws {
        let position = try sampler().position(afterSteps: steps)
        let tail = try load().filter {
            ($0.epoch, $0.step) >= (position.epoch, position.step)
        }
        #expect(try load(from: position) == tail)
    }

    @Test func aPositionAtTheEndOfAnEpochIsTheStartOfTheNext() throws {
        let stepsPerEpoch = try sampler().stepsPerEpoch
        #expect(
            try load(from: Sampler.Position(epoch: 0, step: stepsPerEpoch))
                == load(from: Sampler.Position(epoch: 1, step: 0)))
    }

    @Test func theEndIsCountedFromTheStartOfTheRun() throws {
        let head = try load(end: .steps(8))
        #expect(head == (try load().filter { $0.epoch == 0 || $0.step < 2 }))
        #expect(
            try load(from: Sampler.Position(epoch: 0, step: 5), end: .steps(8))
                == head.filter { $0.epoch == 1 || $0.step == 5 })
        #expect(try load(end: .steps(0)).isEmpty)
    }

    @Test func batchLargerThanTheSource() throws {
        let parts = try load(end: .epochs(1), batch: 500)
        #expect(parts.map(\.imageNumbers.count).reduce(0, +) == 103)
        #expect(parts.count == 35)
    }

    @Test(arguments: [1, 3])
    func twoBatchesAreLoadedAheadAndNoMore(threads: Int) throws {
        let counting = CountingImages(source)
        let loader = try MicrobatchLoader(
            source: counting, sampler: sampler(), end: .epochs(100), threadCount: threads)
        // Seven microbatches of 3, 3, 3, 3, 3, 3 and 2 images: the held one, and two batches.
        let first = try #require(loader.next())
        #expect(first.imageCount == 3)
        counting.wait(for: 3 + 40)
        Thread.sleep(forTimeInterval: 0.05)
        #expect(counting.readCount == 3 + 40)
        loader.stop()
        #expect(loader.next() == nil)
    }

    @Test func stoppingEarlyEndsTheThreads() throws {
        for taken in [0, 1, 5, 30] {
            var loader: MicrobatchLoader? = try MicrobatchLoader(
                source: source, sampler: sampler(), end: .epochs(1_000), threadCount: 3)
            for _ in 0..<taken { #expect(loader?.next() != nil) }
            if taken == 5 {
                loader?.stop()
                loader?.stop()
            }
            loader = nil
        }
    }

    @Test func waitingIsMeasured() throws {
        let slow = CountingImages(source, delay: 0.02)
        let loader = try MicrobatchLoader(source: slow, sampler: sampler(), end: .steps(1))
        #expect(loader.waited == .zero)
        while loader.next() != nil {}
        #expect(loader.waited > .zero)
    }

    @Test func imagesWithoutLabelsHaveLabelZero() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(idx([3, 2, 2], values: pattern(12)), to: "images")
        let sampler = try Sampler(
            imageCount: 3, batchSize: 3, microbatchSize: 3, seed: 0, shuffles: false)
        let loader = try MicrobatchLoader(
            source: ImageFile.open(path), sampler: sampler, normalization: .unit, end: .epochs(1))
        let part = try #require(loader.next())
        #expect(Array(UnsafeBufferPointer(start: part.labels, count: 3)) == [0, 0, 0])
        #expect(
            UnsafeBufferPointer(start: part.images, count: 12)
                .elementsEqual(pattern(12).map { Float($0) / 255 }))
    }

    @Test func syntheticImagesLoad() throws {
        let synthetic = SyntheticImages(
            format: ImageFormat(height: 3, width: 4, channels: 2), classCount: 5, count: 1_000)
        let sampler = try Sampler(imageCount: 1_000, batchSize: 64, microbatchSize: 16, seed: 0)
        let loader = try MicrobatchLoader(source: synthetic, sampler: sampler, end: .epochs(1))
        var counts = [Int](repeating: 0, count: 5)
        while let part = loader.next() {
            for place in 0..<part.imageCount { counts[Int(part.labels[place])] += 1 }
        }
        #expect(counts.reduce(0, +) == 1_000 && counts.allSatisfy { $0 > 100 })
    }
}

/// Counts the images that were read, and can be slow.
private final class CountingImages: ImageSource, @unchecked Sendable {
    // Unchecked since `reads` changes; `condition` guards it.
    private let base: PatternImages
    private let delay: TimeInterval
    private let condition = NSCondition()
    private var reads = 0

    let name = "counting"
    var format: ImageFormat { base.format }
    var layout: PixelLayout { base.layout }
    var classNames: [String] { base.classNames }
    var normalization: Normalization { base.normalization }
    var count: Int { base.count }

    init(_ base: PatternImages, delay: TimeInterval = 0) {
        self.base = base
        self.delay = delay
    }

    func label(at index: Int) -> Int { base.label(at: index) }

    func pixels(at index: Int) -> UnsafePointer<UInt8> {
        if delay > 0 { Thread.sleep(forTimeInterval: delay) }
        condition.lock()
        reads += 1
        condition.broadcast()
        condition.unlock()
        return base.pixels(at: index)
    }

    var readCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return reads
    }

    /// Waits until so many images were read.
    func wait(for count: Int) {
        condition.lock()
        while reads < count { condition.wait() }
        condition.unlock()
    }
}
