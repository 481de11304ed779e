import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct DatasetTests {
    private func writeIDX(_ folder: TemporaryFolder, _ place: String, suffix: String) throws {
        for (part, count) in [("train", 6), ("t10k", 2)] {
            let images = idx([UInt32(count), 3, 3], values: pattern(9 * count))
            let labels = idx([UInt32(count)], values: Array(repeating: 3, count: count))
            let isCompressed = suffix == ".gz"
            try folder.write(
                isCompressed ? gzip(images) : images,
                to: "\(place)\(part)-images-idx3-ubyte\(suffix)")
            try folder.write(
                isCompressed ? gzip(labels) : labels,
                to: "\(place)\(part)-labels-idx1-ubyte\(suffix)")
        }
    }

    @Test(arguments: ["", "mnist/", "MNIST/raw/", "MNIST/"], ["", ".gz"])
    func mnistIsFoundWhereTheFieldKeepsIt(place: String, suffix: String) throws {
        let folder = try TemporaryFolder()
        try writeIDX(folder, place, suffix: suffix)
        let dataset = try Dataset.open(.mnist, folder: folder.path)
        #expect(dataset.name == .mnist && dataset.note == nil)
        #expect(dataset.training.count == 6 && dataset.test.count == 2)
        #expect(dataset.training.classNames == IDXImages.digitNames)
        #expect(dataset.training.normalization == .mnist)
    }

    @Test func fashionIsNotTakenForMNIST() throws {
        let folder = try TemporaryFolder()
        try writeIDX(folder, "FashionMNIST/raw/", suffix: ".gz")
        let dataset = try Dataset.open(.fashionMNIST, folder: folder.path)
        #expect(dataset.training.classNames == IDXImages.fashionNames)
        #expect(dataset.training.normalization == .fashionMNIST)
        #expect(
            failure { _ = try Dataset.open(.mnist, folder: folder.path) }?.exitCode
                == .missingInput)
    }

    @Test func missingLabels() throws {
        let folder = try TemporaryFolder()
        try folder.write(idx([6, 3, 3], values: pattern(54)), to: "train-images-idx3-ubyte")
        let failure = failure { _ = try Dataset.open(.mnist, folder: folder.path) }
        #expect(failure?.exitCode == .missingInput)
        #expect(failure?.subject == folder.path + "/train-labels-idx1-ubyte")
    }

    @Test func missingFolder() throws {
        let folder = try TemporaryFolder()
        let none = folder.path + "/none"
        let failure = failure { _ = try Dataset.open(.cifar10, folder: none) }
        #expect(failure?.exitCode == .missingInput)
        #expect(
            failure?.description
                == "\(none): no such folder; "
                + "fetch it with `distrain data fetch cifar10 --data \(none)`")
    }

    @Test func folderWithoutTheDataset() throws {
        let folder = try TemporaryFolder()
        let failure = failure { _ = try Dataset.open(.mnist, folder: folder.path) }
        #expect(failure?.exitCode == .missingInput)
        #expect(failure?.found == "no file of mnist")
    }

    @Test func autoFallsBackToBuiltinAndSaysSo() throws {
        let folder = try TemporaryFolder()
        let dataset = try Dataset.open(.auto, folder: folder.path)
        #expect(dataset.name == .builtin)
        #expect(
            dataset.note
                == "data set: builtin (generated images), since there is no cifar10 in "
                + "\(folder.path); "
                + "fetch it with `distrain data fetch cifar10 --data \(folder.path)`")
    }

    @Test(.enabled(if: RealData.hasCIFAR10, "cifar-10-batches-bin is not in shared/data"))
    func autoTakesCIFAR10() throws {
        let dataset = try Dataset.open(.auto, folder: RealData.folder)
        #expect(dataset.name == .cifar10)
        #expect(dataset.note == "data set: cifar10, found in \(RealData.folder)")
    }

    @Test func namesAreParsed() throws {
        for name in DatasetName.images {
            #expect(try DatasetName(parsing: name.rawValue) == name)
        }
        let table = try DatasetName(parsing: "csv:a/titanic.v2.csv")
        #expect(table == .csv("a/titanic.v2.csv"))
        #expect(table.rawValue == "csv:a/titanic.v2.csv")
        #expect(table.shortName == "titanic.v2")
        #expect(
            try JSONDecoder().decode([DatasetName].self, from: Data("[\"csv:x\"]".utf8)) == [
                .csv("x")
            ])
        #expect(failure { _ = try DatasetName(parsing: "csv:") }?.exitCode == .usage)
        let failure = failure { _ = try DatasetName(parsing: "cifar-10") }
        #expect(failure?.exitCode == .usage)
        #expect(
            failure?.description
                == "--dataset: unknown data set \"cifar-10\", expected one of auto, cifar10, "
                + "mnist, fashion-mnist, builtin, csv:FILE; did you mean cifar10?")
    }
}
