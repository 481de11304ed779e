import Diagnostics
import Foundation

/// CIFAR-10 in its binary form.
///
/// A record is one label byte and 3,072 pixel bytes, `[channel, height, width]`. The files are
/// mapped, so that all ranks of a host share one copy.
///
/// Source: Krizhevsky 2009; https://www.cs.toronto.edu/~kriz/cifar.html.
public struct CIFAR10: ImageSource {
    /// The names of the classes, in the order of `batches.meta.txt`.
    public static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]
    /// The official names of the files of a split.
    ///
    /// - Parameter split: Training or test.
    /// - Returns: Five names, or one.
    public static func fileNames(of split: DatasetSplit) -> [String] {
        switch split {
        case .training: (1...5).map { "data_batch_\($0).bin" }
        case .test: ["test_batch.bin"]
        }
    }

    static let recordByteCount = 1 + 3072
    static let recordsPerFile = 10_000

    /// What messages call the images.
    public let name: String
    /// 32×32×3.
    public let format = ImageFormat(height: 32, width: 32, channels: 3)
    /// `[channel, height, width]`.
    public let layout = PixelLayout.planar
    /// The number of images.
    public let count: Int
    /// The constants of the training images.
    public let normalization = Normalization.cifar10
    private let files: [ImmutableBytes]

    /// The names of the classes.
    public var classNames: [String] { Self.classNames }

    /// Opens a split from the official files.
    ///
    /// - Parameters:
    ///   - split: Training (50,000 images) or test (10,000).
    ///   - folder: The folder that holds the files.
    /// - Throws: `Failure` with `.missingInput` for a missing file, with `.badData` for a file of the
    ///   wrong size or a label above 9.
    public init(_ split: DatasetSplit, folder: String) throws {
        name = "cifar10 \(split.rawValue)"
        let fix = "fetch it again with `distrain data fetch cifar10`"
        files = try Self.fileNames(of: split).map { fileName in
            let path = folder + "/" + fileName
            let file = try ImmutableBytes(mapping: path, fix: fix)
            let expected = Self.recordsPerFile * Self.recordByteCount
            guard file.count == expected else {
                throw Failure(
                    .badData, in: path, expected: expected.grouped,
                    found: "\(file.count.grouped) bytes", fix: fix)
            }
            try Self.checkLabels(of: file, path: path, fix: fix)
            return file
        }
        count = files.count * Self.recordsPerFile
    }

    /// Opens one file with any number of records, for prediction.
    ///
    /// - Parameter path: The path of the file.
    /// - Throws: `Failure` with `.missingInput` for a missing file, with `.badData` for a file that
    ///   is not a whole number of records or has a label above 9.
    public init(file path: String) throws {
        name = path
        let file = try ImmutableBytes(mapping: path)
        guard file.count.isMultiple(of: Self.recordByteCount) else {
            throw Failure(
                .badData, in: path,
                expected: "a multiple of \(Self.recordByteCount.grouped) (CIFAR-10 records)",
                found: "\(file.count.grouped) bytes",
                fix: "give a file in CIFAR-10's binary form")
        }
        count = file.count / Self.recordByteCount
        guard count <= Int(Int32.max) else {
            throw Failure(
                .badData, in: path, expected: "at most \(Int32.max.grouped) images",
                found: count.grouped, fix: "split the file")
        }
        try Self.checkLabels(of: file, path: path, fix: "give a file in CIFAR-10's binary form")
        files = [file]
    }

    /// The class of an image.
    public func label(at index: Int) -> Int { Int(record(at: index).pointee) }

    /// The bytes of an image, `[channel, height, width]`.
    public func pixels(at index: Int) -> UnsafePointer<UInt8> { record(at: index) + 1 }

    private func record(at index: Int) -> UnsafePointer<UInt8> {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        guard files.count > 1 else { return files[0].start + index * Self.recordByteCount }
        let (file, row) = index.quotientAndRemainder(dividingBy: Self.recordsPerFile)
        return files[file].start + row * Self.recordByteCount
    }

    private static func checkLabels(of file: ImmutableBytes, path: String, fix: String) throws {
        for record in 0..<file.count / recordByteCount {
            let label = file.start[record * recordByteCount]
            guard label < classNames.count else {
                throw Failure(
                    .badData, in: path, expected: "0 to \(classNames.count - 1)",
                    found: "record \(record.grouped) has label \(label)", fix: fix)
            }
        }
    }
}
