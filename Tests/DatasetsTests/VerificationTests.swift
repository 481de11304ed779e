import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct VerificationTests {
    @Test(
        .enabled(if: RealData.hasCIFAR10 && RealData.hasMNIST, "no data sets in shared/data"),
        arguments: [(DatasetName.cifar10, 6), (.mnist, 4)])
    func realFilesAreVerified(name: DatasetName, count: Int) throws {
        let files = try Verification.verify(name, folder: RealData.folder)
        #expect(files.count == count)
        for file in files {
            #expect(file.isGood)
            guard case .verified = file.outcome else {
                Issue.record("\(file)")
                continue
            }
        }
    }

    @Test(.enabled(if: RealData.hasMNIST, "mnist is not in shared/data"))
    func decompressedFilesAreVerifiedToo() throws {
        let folder = try TemporaryFolder()
        let name = "t10k-labels-idx1-ubyte"
        let labels = try Dataset.open(.mnist, folder: RealData.folder).test
        let values = (0..<labels.count).map { UInt8(labels.label(at: $0)) }
        let path = try folder.write(idx([10_000], values: values), to: "mnist/" + name)
        let files = try Verification.verify(.mnist, folder: folder.path)
        #expect(files.filter(\.isGood).map(\.path) == [path])
    }

    @Test func wrongAndMissingFilesAreReported() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], to: "mnist/train-images-idx3-ubyte.gz")
        let files = try Verification.verify(.mnist, folder: folder.path)
        #expect(files.map(\.isGood) == [false, false, false, false])
        #expect(
            files[0].description
                == "\(path): MD5 5289df737df57326fcdd22597afb1fac, "
                + "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873; fetch it again")
        #expect(
            files[1].description
                == "\(folder.path)/mnist/train-labels-idx1-ubyte: missing; fetch it")
    }

    @Test func plainFashionFilesHaveNoPublishedChecksum() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "fashion-mnist/train-images-idx3-ubyte")
        let files = try Verification.verify(.fashionMNIST, folder: folder.path)
        #expect(files[0].outcome == .unknown && files[0].isGood)
        #expect(files[1].outcome == .missing)
    }

    @Test func nothingToVerify() throws {
        let folder = try TemporaryFolder()
        #expect(
            failure { _ = try Verification.verify(.cifar10, folder: folder.path) }?.exitCode
                == .missingInput)
        #expect(
            failure { _ = try Verification.verify(.builtin, folder: folder.path) }?.exitCode
                == .usage)
    }
}
