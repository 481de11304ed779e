import Foundation

/// Real data sets, which are too large for the repository.
enum RealData {
    /// The folder `shared/data` beside the package, or what `DISTRAIN_TEST_DATA` names.
    static let folder =
        ProcessInfo.processInfo.environment["DISTRAIN_TEST_DATA"]
        ?? URL(filePath: #filePath).appending(path: "../../../../shared/data").standardizedFileURL
        .path

    /// Whether MNIST is there.
    static let hasMNIST = FileManager.default.fileExists(
        atPath: folder + "/mnist/train-images-idx3-ubyte.gz")
    /// Whether CIFAR-10 is there.
    static let hasCIFAR10 = FileManager.default.fileExists(
        atPath: folder + "/cifar-10-batches-bin/test_batch.bin")
}
