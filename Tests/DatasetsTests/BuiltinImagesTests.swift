import Crypto
import Datasets
import Foundation
import Testing

@Suite struct BuiltinImagesTests {
    /// The bytes are part of the contract: they are the same on every machine, in every version.
    @Test(arguments: [
        (
            DatasetSplit.training, 10_000,
            "f2fd52884abad74d5d79b967787396e14d0c625935a9bb909052430c29291775"
        ),
        (
            .test, 2_000, "29e3ee528cb86eb84952933b310dfd1bdaa32e776ac42fe4ea7ee7a1dd4b4463"
        ),
    ])
    func bytesNeverChange(split: DatasetSplit, count: Int, digest: String) {
        let source = BuiltinImages(split)
        #expect(source.count == count)
        var function = SHA256()
        for image in 0..<count {
            function.update(
                bufferPointer: UnsafeRawBufferPointer(start: source.pixels(at: image), count: 3072))
            function.update(data: [UInt8(source.label(at: image))])
        }
        #expect(function.finalize().map { String(format: "%02x", $0) }.joined() == digest)
    }

    @Test func classesAreBalancedAndConstantsFit() throws {
        let folder = try TemporaryFolder()
        let info = DatasetInfo(try Dataset.open(.builtin, folder: folder.path))
        #expect(info.classNames.count == 10)
        #expect(info.training.classCounts == Array(repeating: 1_000, count: 10))
        #expect(info.test.classCounts == Array(repeating: 200, count: 10))
        for channel in 0..<3 {
            let mean = Float(info.statistics.mean[channel] / 255)
            let deviation = Float(info.statistics.deviation[channel] / 255)
            #expect(abs(info.normalization.mean[channel] - mean) < 0.00005)
            #expect(abs(info.normalization.deviation[channel] - deviation) < 0.00005)
        }
    }
}
