import Diagnostics

/// Grey images in the IDX form of MNIST and Fashion-MNIST, plain or compressed by gzip.
///
/// A plain file is mapped, so that all ranks of a host share one copy; a compressed one is unpacked
/// into memory.
public struct IDXImages: ImageSource {
    /// MNIST's classes.
    public static let digitNames = (0...9).map(String.init)
    /// Fashion-MNIST's classes.
    ///
    /// Source: Xiao, Rasul & Vollgraf 2017.
    public static let fashionNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    ]

    /// What messages call the images.
    public let name: String
    /// The size of every image, one channel.
    public let format: ImageFormat
    /// One channel: `[height, width]`.
    public let layout = PixelLayout.planar
    /// The names of the classes.
    public let classNames: [String]
    /// The number of images.
    public let count: Int
    /// The constants given at the start.
    public let normalization: Normalization
    private let images: IDXFile
    private let labels: IDXFile?

    /// Whether a file of labels was given.
    public var hasLabels: Bool { labels != nil }

    /// Opens a file of images and, if there is one, its file of labels.
    ///
    /// - Parameters:
    ///   - images: The path of a file `[image, height, width]`.
    ///   - labels: The path of a file `[image]`; nil if the classes are not known.
    ///   - name: What messages call the images; the path if nil.
    ///   - classNames: The names of the classes.
    ///   - normalization: The constants for these images.
    /// - Throws: `Failure` with `.missingInput` for a missing file, with `.badData` for a wrong magic
    ///   number, size, number of labels or label.
    public init(
        images: String, labels: String?, name: String? = nil, classNames: [String] = digitNames,
        normalization: Normalization = .mnist
    ) throws {
        self.name = name ?? images
        self.classNames = classNames
        self.normalization = normalization
        self.images = try IDXFile(path: images, rank: 3)
        let dimensions = self.images.dimensions
        count = dimensions[0]
        guard ImageFormat.isPossible(Array(dimensions.dropFirst())) else {
            throw Failure(
                .badData, in: images, expected: "at most \(Int32.max.grouped) pixels in an image",
                found: "\(dimensions[1].grouped) × \(dimensions[2].grouped)")
        }
        format = ImageFormat(height: dimensions[1], width: dimensions[2], channels: 1)
        self.labels = try labels.map { path in
            let file = try IDXFile(path: path, rank: 1)
            try Self.check(
                file, path: path, imagesPath: images, imageCount: dimensions[0],
                classCount: classNames.count)
            return file
        }
    }

    /// The class of an image.
    public func label(at index: Int) -> Int {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        guard let labels else { preconditionFailure("a label of \(name), which has none") }
        return Int(labels.values[index])
    }

    /// The bytes of an image, `[height, width]`.
    public func pixels(at index: Int) -> UnsafePointer<UInt8> {
        precondition(index >= 0 && index < count, "image \(index) of \(count) asked for")
        return images.values + index * format.elementCount
    }

    private static func check(
        _ labels: IDXFile, path: String, imagesPath: String, imageCount: Int, classCount: Int
    ) throws {
        let count = labels.dimensions[0]
        guard count == imageCount else {
            throw Failure(
                .badData, in: path, expected: "\(imageCount.grouped) as images in \(imagesPath)",
                found: "\(count.grouped) labels", fix: "use the two files that belong together")
        }
        for index in 0..<count where labels.values[index] >= classCount {
            throw Failure(
                .badData, in: path, expected: "0 to \(classCount - 1)",
                found: "image \(index.grouped) has label \(labels.values[index])",
                fix: "fetch it again")
        }
    }
}
