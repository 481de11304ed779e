import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct CIFAR10Tests {
    @Test(.enabled(if: RealData.hasCIFAR10, "cifar-10-batches-bin is not in shared/data"))
    func realFilesHaveTheirPublishedStatistics() throws {
        let info = DatasetInfo(try Dataset.open(.cifar10, folder: RealData.folder))
        #expect(info.format == ImageFormat(height: 32, width: 32, channels: 3))
        #expect(info.training.count == 50_000)
        #expect(info.training.classCounts == Array(repeating: 5_000, count: 10))
        #expect(info.test.count == 10_000)
        #expect(info.test.classCounts == Array(repeating: 1_000, count: 10))
        let mean = [125.307, 122.950, 113.865]
        let deviation = [62.993, 62.089, 66.705]
        for channel in 0..<3 {
            #expect(abs(info.statistics.mean[channel] - mean[channel]) < 0.0005)
            #expect(abs(info.statistics.deviation[channel] - deviation[channel]) < 0.0005)
            // The usual constants are these means, and deviations, rounded.
            #expect(abs(info.normalization.mean[channel] - Float(mean[channel] / 255)) < 0.0001)
            #expect(
                abs(info.normalization.deviation[channel] - Float(deviation[channel] / 255))
                    < 0.0001)
        }
    }

    @Test(.enabled(if: RealData.hasCIFAR10, "cifar-10-batches-bin is not in shared/data"))
    func classNamesAreTheOfficialOnes() throws {
        let url = URL(
            fileURLWithPath: RealData.folder + "/cifar-10-batches-bin/batches.meta.txt")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        #expect(lines.map(String.init) == CIFAR10.classNames)
    }

    @Test(.enabled(if: RealData.hasCIFAR10, "cifar-10-batches-bin is not in shared/data"))
    func splitsAreReadAcrossFiles() throws {
        let folder = RealData.folder + "/cifar-10-batches-bin"
        let training = try CIFAR10(.training, folder: folder)
        let third = try ImageFile.open(folder + "/data_batch_3.bin")
        #expect(third.count == 10_000)
        for image in [0, 1, 9_999] {
            #expect(training.label(at: 20_000 + image) == third.label(at: image))
            let bytes = UnsafeBufferPointer(start: training.pixels(at: 20_000 + image), count: 3072)
            #expect(
                bytes.elementsEqual(
                    UnsafeBufferPointer(start: third.pixels(at: image), count: 3072)))
        }
    }

    @Test func recordsOfASingleFileAreFound() throws {
        let folder = try TemporaryFolder()
        let pixels = [pattern(3072, seed: 1), pattern(3072, seed: 2)]
        let path = try folder.write([7] + pixels[0] + [2] + pixels[1], to: "two.bin")
        let source = try ImageFile.open(path)
        #expect(source.count == 2 && source.hasLabels)
        #expect((0..<2).map(source.label(at:)) == [7, 2])
        for image in 0..<2 {
            #expect(
                UnsafeBufferPointer(start: source.pixels(at: image), count: 3072)
                    .elementsEqual(pixels[image]))
        }
    }

    @Test(arguments: [
        (29_998_000, "29,998,000 bytes, expected 30,730,000"),
        (30_730_001, "30,730,001 bytes, expected 30,730,000"),
    ])
    func wrongSizeOfAnOfficialFile(size: Int, text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1], to: "cifar-10-batches-bin/data_batch_1.bin")
        #expect(truncate(path, size) == 0)
        let failure = failure { _ = try Dataset.open(.cifar10, folder: folder.path) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(path): \(text); fetch it again with `distrain data fetch cifar10`")
    }

    @Test func missingFileOfASplit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1], to: "data_batch_1.bin")
        #expect(truncate(path, 30_730_000) == 0)
        let failure = failure { _ = try Dataset.open(.auto, folder: folder.path) }
        #expect(failure?.exitCode == .missingInput)
        #expect(failure?.subject == folder.path + "/data_batch_2.bin")
        #expect(failure?.found == "no such file")
    }

    @Test func labelAboveNine() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([9] + pattern(3072) + [10] + pattern(3072), to: "two.bin")
        let failure = failure { _ = try ImageFile.open(path) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(path): record 1 has label 10, expected 0 to 9; "
                + "give a file in CIFAR-10's binary form")
    }

    @Test func singleFileOfNoWholeRecords() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(pattern(3072), to: "short.bin")
        let failure = failure { _ = try ImageFile.open(path) }
        #expect(failure?.exitCode == .badData)
        #expect(
            failure?.description
                == "\(path): 3,072 bytes, expected a multiple of 3,073 (CIFAR-10 records); "
                + "give a file in CIFAR-10's binary form")
    }

    @Test func emptyFileFolderAndMissingFile() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write([], to: "empty.bin")
        #expect(failure { _ = try ImageFile.open(empty) }?.description == "\(empty): an empty file")
        try folder.write([1], to: "folder.bin/inside")
        let inside = folder.path + "/folder.bin"
        let isFolder = failure { _ = try ImageFile.open(inside) }
        #expect(isFolder?.exitCode == .badData)
        #expect(isFolder?.description == "\(inside): a folder, expected a file")
        let missing = failure { _ = try ImageFile.open(folder.path + "/none.bin") }
        #expect(missing?.exitCode == .missingInput)
        #expect(missing?.description == "\(folder.path)/none.bin: no such file")
    }
}
