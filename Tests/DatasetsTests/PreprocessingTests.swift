import Datasets
import Diagnostics
import Testing

@Suite struct PreprocessingTests {
    @Test func theSizeOfTheResultIsKnown() throws {
        let format = ImageFormat(height: 30, width: 45, channels: 3)
        func result(_ words: String...) throws -> String {
            "\(try Preprocessing(parsing: words).outputFormat(for: format))"
        }
        #expect(try result("none") == "30×45×3")
        #expect(try result("resize:20") == "20×30×3")
        #expect(try result("resize:32x16") == "32×16×3")
        #expect(try result("resize:60", "center-crop:56", "median:3") == "56×56×3")
        #expect(try result("center-crop:10", "resize:5", "resize:7") == "7×7×3")
    }

    @Test func aResultThatIsNoImageIsRefused() throws {
        let narrow = ImageFormat(height: 2, width: 200_000, channels: 1)
        let failure = #expect(throws: Failure.self) {
            try Preprocessing(parsing: ["resize:4096"]).outputFormat(for: narrow)
        }
        #expect(failure?.exitCode == .usage && failure?.found.hasPrefix("4096x409600000") == true)
    }

    private static let mistakes = [
        (
            "rotate:5",
            "unknown operation \"rotate\", expected one of resize, center-crop, blur, median, "
                + "bilateral"
        ),
        (
            "resiz:5",
            "unknown operation \"resiz\", expected one of resize, center-crop, blur, median, "
                + "bilateral; did you mean resize?"
        ),
        (
            "resize:0",
            "\"resize:0\", expected resize:SIDE|HEIGHTxWIDTH; SIDE, or HEIGHTxWIDTH, of 1 to 4096 "
                + "pixels"
        ),
        (
            "resize:3x",
            "\"resize:3x\", expected resize:SIDE|HEIGHTxWIDTH; SIDE, or HEIGHTxWIDTH, of 1 to 4096 "
                + "pixels"
        ),
        // What is done to all images alike leaves nothing to chance.
        (
            "blur:0.1..2.0",
            "\"blur:0.1..2.0\", expected blur:SIGMA; SIGMA is a number from 0.05 to 100"
        ),
        ("center-crop:29", "center-crop:29x29, expected at most 28x28 for 28×28×1"),
    ]

    @Test(arguments: mistakes)
    func wrongWordsAreRefused(word: String, message: String) {
        let failure = failure {
            _ = try Preprocessing(parsing: [word])
                .outputFormat(for: ImageFormat(height: 28, width: 28, channels: 1))
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.description == "--preprocess: \(message)")
    }

    @Test func preprocessedImagesAreAugmentedAtTheirNewSize() throws {
        let source = noiseImages([9, 7, 3], .planar)
        let plain = try firstImage(
            of: source, preprocess: ["resize:14", "center-crop:12x13"], augment: [])
        let flipped = try firstImage(
            of: source, preprocess: ["resize:14", "center-crop:12x13"],
            augment: ["zoom:1..1", "rotate:180..180"])
        #expect(plain.count == 12 * 13 * 3)
        let pixels = stride(from: 0, to: plain.count, by: 3).map { Array(plain[$0..<$0 + 3]) }
        let turned = pixels.reversed().flatMap { $0 }
        #expect(flipped.count == turned.count)
        #expect(zip(flipped, turned).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
}
