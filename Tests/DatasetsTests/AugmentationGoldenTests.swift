import Datasets
import Foundation
import Randomness
import Testing

/// Each operation beside the library that people trust, on the same parameters.
@Suite struct AugmentationGoldenTests {
    private struct Golden: Decodable {
        let cases: [Case]
        let beta: [Beta]
    }

    /// Made by `Reference/augmentation.py`.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let flag: String
        let words: [String]
        let size: [Int]
        let resultSize: [Int]
        let library: String
        let tolerance: Float
        let values: [Float]
        var testDescription: String { "\(words.joined(separator: ",")) \(size) \(library)" }
    }

    private struct Beta: Decodable {
        let alpha: Double
        let deciles: [Double]
    }

    private static let golden: Golden? = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Reference/augmentation.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (try? Data(contentsOf: file)).flatMap { try? decoder.decode(Golden.self, from: $0) }
    }()

    @Test(arguments: golden?.cases ?? [])
    func operationsEqualTheLibraries(_ golden: Case) throws {
        for layout in [PixelLayout.planar, .interleaved] {
            let source = noiseImages(golden.size, layout)
            let isAugmentation = golden.flag == "augment"
            let loaded = try firstImage(
                of: source, preprocess: isAugmentation ? [] : golden.words,
                augment: isAugmentation ? golden.words : [])
            try #require(loaded.count == golden.values.count)
            #expect(zip(loaded, golden.values).allSatisfy { abs($0 - $1) <= golden.tolerance })
        }
    }

    @Test func thereAreCasesForAllOperationsThatAreNotCopies() throws {
        let cases = try #require(Self.golden).cases
        #expect(cases.count > 70)
        let names = Set(cases.flatMap { $0.words.compactMap { $0.split(separator: ":").first } })
        let copies: Set<Substring> = [
            "crop", "flip", "vertical-flip", "cutout", "mixup", "cutmix",
        ]
        let known = Set((Augmentation.knownNames + Preprocessing.knownNames).map { $0[...] })
        #expect(names == known.subtracting(copies))
    }

    @Test func sharesHaveTheBetaDistribution() throws {
        let count = 20_000
        for beta in try #require(Self.golden).beta {
            let key = RandomKey(seed: 5)
            let shares = (0..<count).map { key.derived($0).symmetricBeta(beta.alpha) }
            #expect(shares.allSatisfy { (0...1).contains($0) })
            for (number, decile) in beta.deciles.enumerated() {
                let share = Double(number + 1) / 10
                let below = shares.filter { $0 < decile }.count
                // 5 deviations of the binomial distribution.
                let bound = 5 * (Double(count) * share * (1 - share)).squareRoot()
                #expect(abs(Double(below) - Double(count) * share) < bound)
            }
        }
    }
}

/// The first image of a source as floats from 0 to 1, after these operations.
func firstImage(
    of source: any ImageSource, preprocess: [String] = [], augment: [String]
) throws -> [Float] {
    let preprocessing = try Preprocessing(parsing: preprocess)
    let sampler = try Sampler(
        imageCount: source.count, batchSize: 1, microbatchSize: 1, seed: 3, shuffles: false)
    let loader = try MicrobatchLoader(
        source: source, sampler: sampler, preprocessing: preprocessing,
        augmentation: Augmentation(parsing: augment), normalization: .unit, end: .steps(1))
    let batch = try #require(loader.next())
    let count = try preprocessing.outputFormat(for: source.format).elementCount
    return Array(UnsafeBufferPointer(start: batch.images, count: count))
}

/// One image of the bytes that `Reference/augmentation.py` computes.
func noiseImages(_ size: [Int], _ layout: PixelLayout) -> PatternImages {
    let format = ImageFormat(height: size[0], width: size[1], channels: size[2])
    return PatternImages(format: format, layout: layout, count: 1) { stored, _ in
        let place =
            layout == .interleaved
            ? stored
            : stored % format.planeCount * format.channels + stored / format.planeCount
        return UInt8((place * place * 7 + place * 31 + (place >> 3)) % 256)
    }
}
