import Datasets
import Diagnostics
import Randomness
import Testing

@Suite struct AugmentationTests {
    private static let seed: UInt64 = 11

    /// What torchvision would do, written plainly: pad the raw image, crop, flip, normalise.
    private static func reference(
        _ words: [String], source: any ImageSource, normalization: Normalization, epoch: Int,
        image: Int
    ) -> [Float] {
        let format = source.format
        var pixels = (0..<format.height).map { row in
            (0..<format.width).map { column in
                (0..<format.channels).map { channel in
                    let place =
                        source.layout == .planar
                        ? channel * format.planeCount + row * format.width + column
                        : (row * format.width + column) * format.channels + channel
                    return source.pixels(at: image)[place]
                }
            }
        }
        let key = RandomKey(seed: seed).derived("augment").derived(epoch).derived(image)
        for word in words {
            let parts = word.split(separator: ":")
            let own = key.derived(String(parts[0]))
            if parts[0] == "flip" {
                if own.integer(below: 2, at: 0) == 1 { pixels = pixels.map { $0.reversed() } }
                continue
            }
            let padding = Int(parts[1]) ?? 0
            let reflects = parts.count == 3
            let black = [UInt8](repeating: 0, count: format.channels)
            func padded<Element>(_ line: [Element], _ fill: Element) -> [Element] {
                let before = (1...padding).reversed().map { reflects ? line[$0] : fill }
                let after = (1...padding).map { reflects ? line[line.count - 1 - $0] : fill }
                return before + line + after
            }
            let wide = pixels.map { padded($0, black) }
            let blackRow = [[UInt8]](repeating: black, count: format.width + 2 * padding)
            let large = padded(wide, blackRow)
            let top = own.integer(below: 2 * padding + 1, at: 0)
            let left = own.integer(below: 2 * padding + 1, at: 1)
            pixels = large[top..<top + format.height].map { Array($0[left..<left + format.width]) }
        }
        return pixels.flatMap { row in
            row.flatMap { pixel in
                pixel.enumerated().map { channel, byte in
                    let constant = normalization.mean.count == 1 ? 0 : channel
                    return (Float(byte) / 255 - normalization.mean[constant])
                        / normalization.deviation[constant]
                }
            }
        }
    }

    private static let words: [[String]] = [
        [], ["flip"], ["crop:1"], ["crop:4"], ["crop:4:reflect"], ["crop:4", "flip"],
        ["flip", "crop:3:reflect"],
    ]
    private static let formats = [(7, 9, 1), (8, 5, 3), (6, 6, 2)]

    @Test(arguments: words, formats.indices)
    func augmentedImagesEqualTheReference(words: [String], row: Int) throws {
        let (height, width, channels) = Self.formats[row]
        let format = ImageFormat(height: height, width: width, channels: channels)
        for layout in [PixelLayout.planar, .interleaved] {
            let source = PatternImages(format: format, layout: layout, count: 40)
            let sampler = try Sampler(
                imageCount: 40, batchSize: 16, microbatchSize: 5, seed: Self.seed)
            let normalization = Normalization(
                mean: (0..<channels).map { 0.4 + 0.1 * Float($0) },
                deviation: (0..<channels).map { 0.2 + 0.05 * Float($0) })
            let loader = try MicrobatchLoader(
                source: source, sampler: sampler, augmentation: Augmentation(parsing: words),
                normalization: normalization, end: .epochs(2))
            while let batch = loader.next() {
                for place in 0..<batch.imageCount {
                    let expected = Self.reference(
                        words, source: source, normalization: normalization, epoch: batch.epoch,
                        image: Int(batch.imageNumbers[place]))
                    let found = UnsafeBufferPointer(
                        start: batch.images + place * format.elementCount,
                        count: format.elementCount)
                    #expect(found.elementsEqual(expected))
                }
            }
        }
    }

    @Test func cropsAndFlipsAreEvenlySpread() throws {
        // A lone white pixel in the middle shows where each image went.
        let format = ImageFormat(height: 9, width: 9, channels: 1)
        let source = PatternImages(format: format, layout: .planar, count: 6_000) { place, _ in
            place == 40 ? 255 : 0
        }
        let sampler = try Sampler(imageCount: 6_000, batchSize: 64, microbatchSize: 64, seed: 1)
        let loader = try MicrobatchLoader(
            source: source, sampler: sampler, augmentation: Augmentation(parsing: ["crop:2"]),
            normalization: .unit, end: .epochs(1))
        var counts: [Int: Int] = [:]
        while let batch = loader.next() {
            for place in 0..<batch.imageCount {
                let image = UnsafeBufferPointer(start: batch.images + place * 81, count: 81)
                counts[image.firstIndex(of: 1) ?? -1, default: 0] += 1
            }
        }
        #expect(counts.count == 25 && counts[-1] == nil)
        // 240 a window; 5 deviations of the binomial distribution are 76.
        #expect(counts.values.allSatisfy { abs($0 - 240) < 76 })
    }

    @Test func namesAreParsed() throws {
        #expect(try Augmentation(parsing: ["none"]).operations.isEmpty)
        let both = try Augmentation(parsing: ["crop:3:reflect", "flip"])
        let crop = try #require(both.operations.first as? RandomCrop)
        #expect(crop.padding == 3 && crop.fill == .reflect)
        #expect(both.operations.last is HorizontalFlip)
        let plain = try Augmentation(parsing: ["crop"])
        #expect((plain.operations.first as? RandomCrop)?.padding == 4)
    }

    private static let names = Augmentation.knownNames.joined(separator: ", ")
    private static let cropFill = "crop:PADDING[:FILL]; FILL is one of zero, reflect, edge, wrap"
    private static let padding =
        "crop:PADDING[:FILL]; PADDING is a whole number from 1 to 4096"
    private static let degrees =
        "rotate:DEGREES[:FILL]; DEGREES is LOW..HIGH from -180 to 180, or X for -X to X"
    private static let amount =
        "brightness:AMOUNT; AMOUNT is LOW..HIGH from 0 to 10, or X for 1 - X to 1 + X"
    private static let sigma =
        "blur:SIGMA; SIGMA is LOW..HIGH from 0.05 to 100, or X for always X"

    private static let mistakes = [
        (
            ["crob:4"],
            "unknown operation \"crob\", expected one of \(names); did you mean crop?"
        ),
        (["crop:0"], "\"crop:0\", expected \(padding)"),
        (["crop:x"], "\"crop:x\", expected \(padding)"),
        (["crop:4:mirror"], "\"crop:4:mirror\", expected \(cropFill)"),
        (["crop:4:zero:1"], "\"crop:4:zero:1\", expected crop:PADDING[:FILL]"),
        (["flip:1"], "\"flip:1\", expected flip"),
        (["flip", "flip"], "\"flip\" twice, expected each operation once"),
        ([""], "unknown operation \"\", expected one of \(names)"),
        (["rotate"], "\"rotate\", expected \(degrees)"),
        (["rotate:181"], "\"rotate:181\", expected \(degrees)"),
        (["rotate:-5"], "\"rotate:-5\", expected \(degrees)"),
        (["rotate:30..10"], "\"rotate:30..10\", expected \(degrees)"),
        (["rotate:0..nan"], "\"rotate:0..nan\", expected \(degrees)"),
        (["rotate:..10"], "\"rotate:..10\", expected \(degrees)"),
        (["brightness:1.5"], "\"brightness:1.5\", expected \(amount)"),
        (["blur:0..1"], "\"blur:0..1\", expected \(sigma)"),
        (["blur:inf"], "\"blur:inf\", expected \(sigma)"),
        (
            ["median:4"], "\"median:4\", expected median:SIDE; SIDE is 3, 5 or 7"
        ),
        (
            ["mixup:0"],
            "\"mixup:0\", expected mixup:ALPHA; ALPHA is a number from 0.01 to 100"
        ),
        (
            ["rotate:5:edge", "crop:2:wrap"],
            "edge and wrap, expected one fill, since all operations that move pixels are made as "
                + "one; name one of them, once"
        ),
    ]

    @Test(arguments: mistakes)
    func wrongWordsAreRefused(words: [String], message: String) {
        let failure = failure { _ = try Augmentation(parsing: words) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.description == "--augment: \(message)")
    }

    private static let objections = [
        ("crop:5", "crop:5, expected a padding of at most 4 for 5×9×1"),
        ("cutout:6", "cutout:6, expected a side of at most 5 for 5×9×1"),
        ("blur:1..1.5", "blur:1.5, expected a sigma of at most 1.3333333333333333 for 5×9×1"),
        ("bilateral:11", "bilateral:11, expected a diameter of at most 9 for 5×9×1"),
    ]

    @Test(arguments: objections)
    func operationsMustFitTheImages(word: String, message: String) throws {
        let source = PatternImages(
            format: ImageFormat(height: 5, width: 9, channels: 1), layout: .planar, count: 4)
        let sampler = try Sampler(imageCount: 4, batchSize: 4, microbatchSize: 4, seed: 0)
        let failure = failure {
            _ = try MicrobatchLoader(
                source: source, sampler: sampler, augmentation: Augmentation(parsing: [word]),
                end: .epochs(1))
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.description == "--augment: \(message)")
    }

    @Test func normalizationMustFitTheChannels() throws {
        let source = PatternImages(
            format: ImageFormat(height: 5, width: 9, channels: 1), layout: .planar, count: 4)
        let sampler = try Sampler(imageCount: 4, batchSize: 4, microbatchSize: 4, seed: 0)
        let failure = failure {
            _ = try MicrobatchLoader(
                source: source, sampler: sampler, normalization: .cifar10, end: .epochs(1))
        }
        #expect(failure?.exitCode == .usage)
    }
}
