import Datasets
import Randomness
import Testing

/// Operations of which a test can say the result exactly: copies, and mixtures of images.
@Suite struct ImageMixingTests {
    private static let seed: UInt64 = 11
    private static let format = ImageFormat(height: 8, width: 6, channels: 3)
    private let source = PatternImages(format: format, layout: .planar, count: 50)

    private struct Loaded: Hashable {
        let epoch: Int
        let number: Int
        let pixels: [Float]
        let labels: [Int32]
        let share: Float
    }

    private func load(
        _ words: [String], batch: Int = 16, microbatch: Int = 5, threads: Int = 1, ranks: Int = 1
    ) throws -> [Loaded] {
        let sampler = try Sampler(
            imageCount: source.count, batchSize: batch, microbatchSize: microbatch,
            seed: Self.seed)
        var all: [Loaded] = []
        for rank in 0..<ranks {
            let loader = try MicrobatchLoader(
                source: source, sampler: sampler, augmentation: Augmentation(parsing: words),
                normalization: .unit, end: .epochs(2), threadCount: threads,
                share: { rank * $0 / ranks..<(rank + 1) * $0 / ranks })
            let count = Self.format.elementCount
            while let part = loader.next() {
                for place in 0..<part.imageCount {
                    let start = part.images + place * count
                    all.append(
                        Loaded(
                            epoch: part.epoch, number: Int(part.imageNumbers[place]),
                            pixels: Array(UnsafeBufferPointer(start: start, count: count)),
                            labels: [
                                part.labels[place],
                                part.mixtures?.partnerLabels[place] ?? part.labels[place],
                            ],
                            share: part.mixtures?.shares[place] ?? 1))
                }
            }
        }
        return all.sorted { ($0.epoch, $0.number) < ($1.epoch, $1.number) }
    }

    private func key(_ epoch: Int, _ image: Int) -> RandomKey {
        RandomKey(seed: Self.seed).derived("augment").derived(epoch).derived(image)
    }

    private static let lists: [[String]] = [
        ["mixup:0.4"], ["cutmix"], ["mixup", "cutmix:0.5", "flip", "crop:2:reflect"],
        [
            "crop:1", "flip", "vertical-flip", "rotate:30:edge", "shift:0.2", "shear:15",
            "zoom:0.3", "brightness:0.4", "contrast:0.4", "blur:0.1..1.2", "median:3",
            "bilateral:3", "cutout:3", "mixup:0.2", "cutmix:1",
        ],
    ]

    @Test(arguments: lists)
    func neitherRanksNorThreadsNorBatchesChangeAnImage(words: [String]) throws {
        let images = try load(words)
        #expect(images.count == 100)
        #expect(try load(words, threads: 3) == images)
        #expect(try load(words, ranks: 2) == images)
        #expect(try load(words, threads: 2, ranks: 3) == images)
        #expect(try load(words, batch: 50, microbatch: 7) == images)
        // Each epoch has changes of its own; some rectangles of cutmix are empty.
        #expect(zip(images[..<50], images[50...]).filter { $0.pixels != $1.pixels }.count > 40)
    }

    @Test func theOrderOfOtherOperationsChangesNoRandomNumber() throws {
        #expect(
            try load(["cutout:3", "flip", "mixup"]) == load(["mixup", "flip", "cutout:3"]))
    }

    @Test func imagesAreAddedByTheirShares() throws {
        let plain = try load(["flip"])
        for image in try load(["flip", "mixup:0.4"]) {
            let key = key(image.epoch, image.number).derived("mixup")
            let partner = key.derived("partner").integer(below: 50, at: 0)
            let share = Float(key.symmetricBeta(0.4))
            #expect(image.share == share)
            #expect(image.labels == [Int32(image.number % 10), Int32(partner % 10)])
            let (first, second) = (
                plain[50 * image.epoch + image.number], plain[50 * image.epoch + partner]
            )
            let expected = zip(first.pixels, second.pixels).map {
                share * $0 + (1 - share) * $1
            }
            #expect(image.pixels == expected)
        }
    }

    @Test func rectanglesComeFromThePartner() throws {
        let plain = try load(["vertical-flip"])
        for image in try load(["vertical-flip", "cutmix:1"]) {
            let key = key(image.epoch, image.number).derived("cutmix")
            let partner = key.derived("partner").integer(below: 50, at: 0)
            let half = 0.5 * (1 - key.symmetricBeta(1)).squareRoot()
            let column = key.derived("place").integer(below: 6, at: 0)
            let row = key.derived("place").integer(below: 8, at: 1)
            let columns = max(0, column - Int(half * 6))..<min(6, column + Int(half * 6))
            let rows = max(0, row - Int(half * 8))..<min(8, row + Int(half * 8))
            let (first, second) = (
                plain[50 * image.epoch + image.number], plain[50 * image.epoch + partner]
            )
            let expected = (0..<144).map { place in
                let (row, column) = (place / 18, place / 3 % 6)
                return rows.contains(row) && columns.contains(column)
                    ? second.pixels[place] : first.pixels[place]
            }
            #expect(image.pixels == expected)
            #expect(image.share == 1 - Float(rows.count * columns.count) / 48)
            #expect(image.labels[1] == Int32(partner % 10))
        }
    }

    @Test func ofTwoMixturesEachImageGetsOne() throws {
        let (both, mixup, cutmix) = (
            try load(["mixup", "cutmix"]), try load(["mixup"]), try load(["cutmix"])
        )
        let added = zip(both, mixup).filter { $0 == $1 }.count
        let replaced = zip(both, cutmix).filter { $0 == $1 }.count
        #expect(added + replaced == 100)
        #expect(added > 25 && replaced > 25)
    }

    @Test func withoutMixturesEachImageIsItsOwn() throws {
        for image in try load(["crop:2"]) {
            #expect(image.share == 1)
            #expect(image.labels[0] == image.labels[1])
        }
    }

    @Test func squaresAreHidden() throws {
        let plain = try load(["none"])
        for (image, before) in zip(try load(["cutout:3:0.5"]), plain) {
            let key = key(image.epoch, image.number).derived("cutout")
            let top = key.integer(below: 8, at: 0) - 1
            let left = key.integer(below: 6, at: 1) - 1
            let expected = (0..<144).map { place -> Float in
                let isHidden =
                    (top..<top + 3).contains(place / 18)
                    && (left..<left + 3).contains(place / 3 % 6)
                return isHidden ? 0.5 : before.pixels[place]
            }
            #expect(image.pixels == expected)
        }
    }

    @Test func rowsAreMirrored() throws {
        let plain = try load(["none"])
        var mirroredCount = 0
        for (image, before) in zip(try load(["vertical-flip"]), plain) {
            let rows = (0..<8).map { Array(before.pixels[18 * $0..<18 * ($0 + 1)]) }
            let mirrored = rows.reversed().flatMap { $0 }
            #expect(image.pixels == before.pixels || image.pixels == mirrored)
            if image.pixels == mirrored { mirroredCount += 1 }
        }
        #expect((25...75).contains(mirroredCount))
    }

    @Test func whatChangesNothingChangesNoBit() throws {
        for list in [[], ["crop:2:wrap", "flip", "vertical-flip"]] {
            let exact = try load(list + ["none"].filter { _ in list.isEmpty })
            #expect(try load(list + ["rotate:0..0"]) == exact)
            #expect(try load(list + ["brightness:1..1"]) == exact)
            #expect(try load(list + ["zoom:1..1", "brightness:0"]) == exact)
        }
    }
}
