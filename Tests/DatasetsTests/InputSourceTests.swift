import Datasets
import Randomness
import Testing

/// Samples with values instead of classes: three numbers a sample, one of them random by epoch.
private struct ValueSamples: InputSource {
    let name = "values"
    let count = 25
    let classNames: [String] = []
    let elementCount = 3
    var hasLabels = true

    func label(at index: Int) -> Int { 0 }
    func target(at index: Int) -> Float { 0.5 * Float(index) - 3 }
    func makeReader() -> any InputReader { Reader() }

    struct Reader: InputReader {
        mutating func read(
            _ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>
        ) {
            output[0] = Float(index)
            output[1] = -Float(index)
            output[2] = key.derived(index).uniform(at: 0)
        }
        func deallocate() {}
    }
}

@Suite struct InputSourceTests {
    private func load(
        _ source: ValueSamples, threads: Int
    ) throws -> [(epoch: Int, number: Int, values: [Float], target: Float)] {
        let sampler = try Sampler(imageCount: 25, batchSize: 10, microbatchSize: 4, seed: 3)
        let loader = try MicrobatchLoader(
            source: source, sampler: sampler, end: .epochs(2), threadCount: threads)
        var samples: [(epoch: Int, number: Int, values: [Float], target: Float)] = []
        while let part = loader.next() {
            for place in 0..<part.imageCount {
                #expect(part.labels[place] == 0)
                samples.append(
                    (
                        part.epoch, Int(part.imageNumbers[place]),
                        (0..<3).map { part.images[3 * place + $0] }, part.targets[place]
                    ))
            }
        }
        return samples
    }

    @Test("Samples of any kind are loaded with their values", arguments: [1, 3])
    func values(threads: Int) throws {
        let samples = try load(ValueSamples(), threads: threads)
        #expect(samples.map(\.number).sorted() == (0..<25).flatMap { [$0, $0] })
        let key = RandomKey(seed: 3).derived("augment")
        for sample in samples {
            let number = Float(sample.number)
            let random = key.derived(sample.epoch).derived(sample.number).uniform(at: 0)
            #expect(sample.values == [number, -number, random])
            #expect(sample.target == 0.5 * number - 3)
        }
    }

    @Test("Samples without values have zeros for them")
    func unlabelled() throws {
        let samples = try load(ValueSamples(hasLabels: false), threads: 1)
        #expect(samples.allSatisfy { $0.target == 0 })
    }

    @Test("The values of images are the numbers of their classes")
    func images() throws {
        let images = PatternImages(
            format: ImageFormat(height: 2, width: 3, channels: 1), layout: .planar, count: 30)
        let sampler = try Sampler(imageCount: 30, batchSize: 30, microbatchSize: 30, seed: 1)
        let loader = try MicrobatchLoader(source: images, sampler: sampler, end: .epochs(1))
        let part = try #require(loader.next())
        for place in 0..<30 {
            #expect(part.targets[place] == Float(part.imageNumbers[place] % 10))
            #expect(part.targets[place] == Float(part.labels[place]))
        }
    }
}
