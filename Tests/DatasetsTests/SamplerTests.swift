import Datasets
import Diagnostics
import Randomness
import Testing

@Suite struct SamplerTests {
    private static let cases: [(images: Int, batch: Int, microbatch: Int)] = [
        (1, 1, 1), (10, 4, 4), (10, 4, 3), (103, 10, 4), (103, 200, 64), (64, 32, 8),
        (7, Int.max, Int.max),
    ]

    @Test(arguments: cases.indices)
    func everyImageIsUsedOnceAnEpoch(row: Int) throws {
        let (images, batch, microbatch) = Self.cases[row]
        let sampler = try Sampler(
            imageCount: images, batchSize: batch, microbatchSize: microbatch, seed: 3)
        for epoch in 0..<2 {
            var used: [Int32] = []
            for step in 0..<sampler.stepsPerEpoch {
                var inStep = 0
                for number in 0..<sampler.microbatchCount(inStep: step) {
                    let part = sampler.images(epoch: epoch, step: step, microbatch: number)
                    #expect(!part.isEmpty && part.count <= microbatch)
                    inStep += part.count
                    used += part
                }
                #expect(inStep == sampler.imageCount(inStep: step))
            }
            #expect(used.sorted() == (0..<Int32(images)).map { $0 })
            #expect(used == sampler.order(ofEpoch: epoch))
        }
    }

    @Test func countsOfStepsAndMicrobatches() throws {
        let sampler = try Sampler(imageCount: 103, batchSize: 10, microbatchSize: 4, seed: 0)
        #expect(sampler.stepsPerEpoch == 11)
        #expect([0, 9, 10].map(sampler.imageCount(inStep:)) == [10, 10, 3])
        #expect([0, 9, 10].map(sampler.microbatchCount(inStep:)) == [3, 3, 1])
        #expect(sampler.positions(step: 1, microbatch: 2) == 18..<20)
        #expect(sampler.position(afterSteps: 25) == Sampler.Position(epoch: 2, step: 3))
        #expect(sampler.steps(before: Sampler.Position(epoch: 2, step: 3)) == 25)
    }

    @Test func lastBatchCanBeDropped() throws {
        let sampler = try Sampler(
            imageCount: 103, batchSize: 10, microbatchSize: 4, seed: 0, dropsLastBatch: true)
        #expect(sampler.stepsPerEpoch == 10)
        #expect(sampler.imageCount(inStep: 9) == 10)
    }

    @Test func orderDependsOnSeedAndEpochAlone() throws {
        func order(seed: UInt64, epoch: Int, batch: Int = 8) throws -> [Int32] {
            try Sampler(imageCount: 100, batchSize: batch, microbatchSize: 4, seed: seed)
                .order(ofEpoch: epoch)
        }
        #expect(try order(seed: 1, epoch: 2) == order(seed: 1, epoch: 2, batch: 50))
        #expect(try order(seed: 1, epoch: 2) != order(seed: 1, epoch: 3))
        #expect(try order(seed: 1, epoch: 2) != order(seed: 2, epoch: 2))
        #expect(
            try order(seed: 1, epoch: 2)
                == RandomKey(seed: 1).derived("shuffle").derived(2).permutation(of: 100))
    }

    @Test func withoutShufflingTheOrderIsTheSources() throws {
        let sampler = try Sampler(
            imageCount: 10, batchSize: 4, microbatchSize: 2, seed: 1, shuffles: false)
        #expect(Array(sampler.images(epoch: 5, step: 1, microbatch: 1)) == [6, 7])
    }

    @Test func numbersBelowOneAreRefused() {
        let batch = failure {
            _ = try Sampler(imageCount: 10, batchSize: 0, microbatchSize: 1, seed: 0)
        }
        #expect(batch?.exitCode == .usage)
        #expect(batch?.description == "--batch-size: 0, expected at least 1")
        let microbatch = failure {
            _ = try Sampler(imageCount: 10, batchSize: 1, microbatchSize: -1, seed: 0)
        }
        #expect(microbatch?.description == "--microbatch: -1, expected at least 1")
        let dropped = failure {
            _ = try Sampler(
                imageCount: 10, batchSize: 11, microbatchSize: 1, seed: 0, dropsLastBatch: true)
        }
        #expect(
            dropped?.description
                == "--batch-size: 11, expected at most the 10 images; choose a smaller batch")
    }
}
