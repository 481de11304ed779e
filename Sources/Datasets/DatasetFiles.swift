import Diagnostics
import Foundation

/// The official names of the data sets' files, and where to look for them.
enum DatasetFiles {
    /// Folders inside of the data folder, the preferred one first; `distrain data fetch` makes that.
    static func folderNames(of name: DatasetName) -> [String] {
        switch name {
        case .cifar10: ["cifar-10-batches-bin"]
        case .mnist: ["mnist", "MNIST/raw", "MNIST"]
        case .fashionMNIST: ["fashion-mnist", "FashionMNIST/raw", "FashionMNIST"]
        case .auto, .builtin, .csv: []
        }
    }

    /// The files of a data set, those in IDX form without `.gz`.
    static func fileNames(of name: DatasetName) -> [String] {
        switch name {
        case .cifar10: DatasetSplit.allCases.flatMap(CIFAR10.fileNames(of:))
        case .mnist, .fashionMNIST:
            DatasetSplit.allCases.flatMap { [idxFiles(of: $0).images, idxFiles(of: $0).labels] }
        case .auto, .builtin, .csv: []
        }
    }

    /// MNIST's and Fashion-MNIST's names.
    static func idxFiles(of split: DatasetSplit) -> (images: String, labels: String) {
        let part = split == .training ? "train" : "t10k"
        return ("\(part)-images-idx3-ubyte", "\(part)-labels-idx1-ubyte")
    }

    /// The path of a file that may be compressed; the plain one if both or none are there.
    static func plainOrCompressed(_ fileName: String, in folder: String) -> String {
        let plain = folder + "/" + fileName
        let compressed = plain + ".gz"
        return !exists(plain) && exists(compressed) ? compressed : plain
    }

    /// The folder that holds a data set: the first with at least one of its files.
    static func folder(of name: DatasetName, in folder: String) -> String? {
        let candidates = folderNames(of: name).map { folder + "/" + $0 } + [folder]
        return candidates.first { candidate in
            fileNames(of: name).contains { exists(plainOrCompressed($0, in: candidate)) }
        }
    }

    /// As `folder(of:in:)`, for a data set that has to be there.
    static func requiredFolder(of name: DatasetName, in folder: String) throws -> String {
        if let found = self.folder(of: name, in: folder) { return found }
        let fix = fetchAdvice(for: name, folder: folder)
        guard exists(folder) else {
            throw Failure(.missingInput, in: folder, found: "no such folder", fix: fix)
        }
        throw Failure(
            .missingInput, in: folder, expected: fileNames(of: name).joined(separator: ", "),
            found: "no file of \(name.rawValue)", fix: fix)
    }

    /// The command that fetches a data set.
    static func fetchAdvice(for name: DatasetName, folder: String) -> String {
        "fetch it with `distrain data fetch \(name.rawValue) --data \(folder)`"
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
