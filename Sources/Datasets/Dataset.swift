import Diagnostics
import Foundation

/// The training and the test images of one data set.
public struct Dataset: Sendable {
    /// Which data set it is; never `.auto`.
    public let name: DatasetName
    /// The images to learn from.
    public let training: any ImageSource
    /// The images to measure with.
    public let test: any ImageSource
    /// What the user should know of how `.auto` was resolved, or nil for a data set given by name.
    public let note: String?

    /// Opens a data set from the official files in a folder, or one folder down.
    ///
    /// CIFAR-10 is looked for in `cifar-10-batches-bin`; MNIST in `mnist`, `MNIST/raw` and `MNIST`;
    /// Fashion-MNIST in `fashion-mnist`, `FashionMNIST/raw` and `FashionMNIST`; all in the folder
    /// itself at last. IDX files may be plain or end in `.gz`.
    ///
    /// - Parameters:
    ///   - name: Which data set.
    ///   - folder: Where its files are.
    /// - Returns: Both splits, checked.
    /// - Throws: `Failure` with `.missingInput` if a file or the folder is missing, with `.badData`
    ///   if a file is wrong, with `.usage` for a table.
    public static func open(_ name: DatasetName, folder: String) throws -> Dataset {
        switch name {
        case .auto: try openAutomatically(folder: folder)
        case .cifar10: try openCIFAR10(folder: folder, note: nil)
        case .mnist:
            try openIDX(name, folder, classNames: IDXImages.digitNames, normalization: .mnist)
        case .fashionMNIST:
            try openIDX(
                name, folder, classNames: IDXImages.fashionNames, normalization: .fashionMNIST)
        case .builtin: openBuiltin(note: nil)
        case .csv:
            throw Failure(.usage, in: name.rawValue, expected: "images", found: "a table")
        }
    }

    private static func openAutomatically(folder: String) throws -> Dataset {
        if DatasetFiles.folder(of: .cifar10, in: folder) != nil {
            return try openCIFAR10(folder: folder, note: "data set: cifar10, found in \(folder)")
        }
        return openBuiltin(
            note: "data set: builtin (generated images), since there is no cifar10 in \(folder); "
                + "\(DatasetFiles.fetchAdvice(for: .cifar10, folder: folder))")
    }

    private static func openCIFAR10(folder: String, note: String?) throws -> Dataset {
        let found = try DatasetFiles.requiredFolder(of: .cifar10, in: folder)
        return Dataset(
            name: .cifar10, training: try CIFAR10(.training, folder: found),
            test: try CIFAR10(.test, folder: found), note: note)
    }

    private static func openIDX(
        _ name: DatasetName, _ folder: String, classNames: [String], normalization: Normalization
    ) throws -> Dataset {
        let found = try DatasetFiles.requiredFolder(of: name, in: folder)
        func open(_ split: DatasetSplit) throws -> IDXImages {
            let files = DatasetFiles.idxFiles(of: split)
            return try IDXImages(
                images: DatasetFiles.plainOrCompressed(files.images, in: found),
                labels: DatasetFiles.plainOrCompressed(files.labels, in: found),
                name: "\(name.rawValue) \(split.rawValue)", classNames: classNames,
                normalization: normalization)
        }
        let training = try open(.training)
        let test = try open(.test)
        guard training.format == test.format else {
            throw Failure(
                .badData, in: "\(found): test images", expected: "\(training.format)",
                found: "\(test.format)", fix: "use the files that belong together")
        }
        return Dataset(name: name, training: training, test: test, note: nil)
    }

    private static func openBuiltin(note: String?) -> Dataset {
        Dataset(
            name: .builtin, training: BuiltinImages(.training), test: BuiltinImages(.test),
            note: note)
    }
}
