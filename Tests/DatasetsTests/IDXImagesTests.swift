import Datasets
import Diagnostics
import Testing

@Suite struct IDXImagesTests {
    @Test(.enabled(if: RealData.hasMNIST, "mnist is not in shared/data"))
    func realMNISTHasItsPublishedStatistics() throws {
        let info = DatasetInfo(try Dataset.open(.mnist, folder: RealData.folder))
        #expect(info.format == ImageFormat(height: 28, width: 28, channels: 1))
        #expect(info.training.count == 60_000 && info.test.count == 10_000)
        #expect(
            info.training.classCounts
                == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        #expect(abs(info.statistics.mean[0] / 255 - 0.1307) < 0.00005)
        #expect(abs(info.statistics.deviation[0] / 255 - 0.3081) < 0.00005)
    }

    private let values = pattern(3 * 4 * 5)

    @Test(arguments: [false, true])
    func imagesAndLabelsAreRead(isCompressed: Bool) throws {
        let folder = try TemporaryFolder()
        let images = idx([3, 4, 5], values: values)
        let labels = idx([3], values: [9, 0, 4])
        let source = try IDXImages(
            images: folder.write(isCompressed ? gzip(images) : images, to: "images"),
            labels: folder.write(isCompressed ? gzip(labels) : labels, to: "labels"))
        #expect(source.count == 3 && source.hasLabels)
        #expect(source.format == ImageFormat(height: 4, width: 5, channels: 1))
        #expect((0..<3).map(source.label(at:)) == [9, 0, 4])
        for image in 0..<3 {
            #expect(
                UnsafeBufferPointer(start: source.pixels(at: image), count: 20)
                    .elementsEqual(values[20 * image..<20 * (image + 1)]))
        }
    }

    @Test func gzipOfTwoMembersIsRead() throws {
        let folder = try TemporaryFolder()
        let file = idx([3, 4, 5], values: values)
        let path = try folder.write(gzip(Array(file[..<30])) + gzip(Array(file[30...])), to: "f.gz")
        let source = try ImageFile.open(path)
        #expect(!source.hasLabels)
        #expect(
            UnsafeBufferPointer(start: source.pixels(at: 0), count: 60).elementsEqual(values))
    }

    /// A malformed file of 3 images of 4 × 5, and what is said of it.
    struct Malformed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: @Sendable () throws -> [UInt8]
        let message: String
    }

    static let good = idx([3, 4, 5], values: pattern(60))
    static let advice = "; fetch it again"
    static let malformed: [Malformed] = [
        Malformed(
            testDescription: "wrong magic number", bytes: { idx([60], values: pattern(60)) },
            message: "magic number 00 00 08 01, expected 00 00 08 03 (images in IDX form); "
                + "check that this is the right file"),
        Malformed(
            testDescription: "wrong magic number in gzip", bytes: { try gzip([0x89, 0x50]) },
            message: "magic number 89 50, expected 00 00 08 03 (images in IDX form); "
                + "check that this is the right file"),
        Malformed(
            testDescription: "empty", bytes: { [] }, message: "an empty file" + advice),
        Malformed(
            testDescription: "half a header", bytes: { Array(good[..<10]) },
            message: "10 bytes, expected a header of 16 bytes" + advice),
        Malformed(
            testDescription: "half a header in gzip", bytes: { try gzip(Array(good[..<10])) },
            message: "10 bytes, expected a header of 16 bytes" + advice),
        Malformed(
            testDescription: "truncated", bytes: { good.dropLast() },
            message: "75 bytes, expected 76 (3 × 4 × 5)" + advice),
        Malformed(
            testDescription: "too long", bytes: { good + [0] },
            message: "77 bytes, expected 76 (3 × 4 × 5)" + advice),
        Malformed(
            testDescription: "too few values in gzip", bytes: { try gzip(good.dropLast()) },
            message: "59, expected 60 bytes of values (3 × 4 × 5)" + advice),
        Malformed(
            testDescription: "too many values in gzip", bytes: { try gzip(good + [0]) },
            message: "more, expected 60 bytes of values (3 × 4 × 5)" + advice),
        Malformed(
            testDescription: "four billion images", bytes: { idx([.max, 28, 28], values: [1]) },
            message: "a header of 4,294,967,295 × 28 × 28, expected 1 to 4,294,967,296 bytes of "
                + "values" + advice),
        Malformed(
            testDescription: "dimensions whose product overflows",
            bytes: { idx([.max, .max, .max], values: [1]) },
            message: "a header of 4,294,967,295 × 4,294,967,295 × 4,294,967,295, expected 1 to "
                + "4,294,967,296 bytes of values" + advice),
        Malformed(
            testDescription: "no images", bytes: { idx([0, 28, 28], values: []) },
            message: "a header of 0 × 28 × 28, expected 1 to 4,294,967,296 bytes of values"
                + advice),
        Malformed(
            testDescription: "a gzip bomb behind a small header",
            bytes: { try gzip(good + [UInt8](repeating: 0, count: 50_000_000)) },
            message: "more, expected 60 bytes of values (3 × 4 × 5)" + advice),
        Malformed(
            testDescription: "trailing bytes after gzip", bytes: { try gzip(good) + [1, 2, 3] },
            message: "3 trailing bytes after the gzip data, expected the file's end" + advice),
        Malformed(
            testDescription: "gzip magic number alone", bytes: { [0x1f, 0x8b] },
            message: "the file's end after 2 bytes, expected more gzip data" + advice),
    ]

    @Test(arguments: malformed)
    func malformedFile(_ file: Malformed) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(try file.bytes(), to: "images")
        let failure = failure { _ = try ImageFile.open(path) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.description == "\(path): \(file.message)")
    }

    @Test func aLargeClaimInASmallGzipFile() throws {
        let folder = try TemporaryFolder()
        let bytes = try gzip(idx([60_000, 28, 28], values: pattern(1000)))
        let path = try folder.write(bytes, to: "images.gz")
        let failure = failure { _ = try ImageFile.open(path) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(path): \(bytes.count) compressed bytes, too few to hold them, expected "
                + "47,040,000 bytes (60,000 × 28 × 28)" + Self.advice)
    }

    @Test func everyTruncationOfAGzipFileIsReported() throws {
        let folder = try TemporaryFolder()
        let whole = try gzip(Self.good)
        for length in 2..<whole.count {
            let path = try folder.write(Array(whole[..<length]), to: "images.gz")
            #expect(failure { _ = try ImageFile.open(path) }?.exitCode == .badData)
        }
    }

    @Test func everyFlippedByteOfAGzipFileIsReportedOrHarmless() throws {
        let folder = try TemporaryFolder()
        let whole = try gzip(Self.good)
        var reported = 0
        for place in whole.indices {
            var broken = whole
            broken[place] ^= 0x55
            let path = try folder.write(broken, to: "images")
            do {
                let source = try ImageFile.open(path)
                // Only the header's time and system may change without harm to the values.
                #expect((4..<10).contains(place))
                #expect(
                    UnsafeBufferPointer(start: source.pixels(at: 0), count: 60)
                        .elementsEqual(Self.good[16...]))
            } catch let failure as Failure {
                #expect(failure.exitCode == .badData)
                reported += 1
            }
        }
        #expect(reported >= whole.count - 6)
    }

    @Test func plainFileCalledGzip() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.good, to: "images.gz")
        let failure = failure { _ = try ImageFile.open(path) }
        #expect(
            failure?.description
                == "\(path): 00 00, expected gzip data, which begins with 1f 8b; fetch it again")
    }

    @Test func countsOfImagesAndLabelsDiffer() throws {
        let folder = try TemporaryFolder()
        let images = try folder.write(Self.good, to: "images")
        let labels = try folder.write(idx([4], values: [0, 1, 2, 3]), to: "labels")
        let failure = failure { _ = try IDXImages(images: images, labels: labels) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(labels): 4 labels, expected 3 as images in \(images); "
                + "use the two files that belong together")
    }

    @Test func labelAboveNine() throws {
        let folder = try TemporaryFolder()
        let images = try folder.write(Self.good, to: "images")
        let labels = try folder.write(idx([3], values: [0, 10, 2]), to: "labels")
        let failure = failure { _ = try IDXImages(images: images, labels: labels) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(labels): image 1 has label 10, expected 0 to 9; fetch it again")
    }
}
