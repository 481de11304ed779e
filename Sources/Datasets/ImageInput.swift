import Diagnostics

/// Images as a network takes them: preprocessed, changed at random, normalised, channels innermost.
public struct ImageInput: InputSource {
    /// The size of the images that the network takes.
    public let format: ImageFormat
    private let images: any ImageSource
    private let preprocessing: Preprocessing
    private let augmentation: Augmentation
    private let normalization: Normalization

    /// Prepares images for a network.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - preprocessing: What is done to every image before anything else.
    ///   - augmentation: Random changes.
    ///   - normalization: The map from bytes to floats; the images' own if nil.
    /// - Throws: `Failure` with `.usage` if an operation or the normalisation does not fit the
    ///   images.
    public init(
        _ images: any ImageSource, preprocessing: Preprocessing = .none,
        augmentation: Augmentation = .none, normalization: Normalization? = nil
    ) throws {
        let normalization = normalization ?? images.normalization
        format = try preprocessing.outputFormat(for: images.format)
        try augmentation.validate(for: format)
        guard normalization.fits(channels: images.format.channels) else {
            throw Failure(
                .usage, in: "normalization", expected: "\(images.format.channels) values",
                found: "\(normalization.mean.count) for \(images.name)",
                fix: "give one value for each channel, or one for all")
        }
        self.images = images
        self.preprocessing = preprocessing
        self.augmentation = augmentation
        self.normalization = normalization
    }

    /// That of the images.
    public var name: String { images.name }
    /// That of the images.
    public var count: Int { images.count }
    /// Those of the images.
    public var classNames: [String] { images.classNames }
    /// That of the images.
    public var hasLabels: Bool { images.hasLabels }
    /// `height · width · channels`.
    public var elementCount: Int { format.elementCount }
    /// Whether the augmentation mixes images.
    public var mixesSamples: Bool { augmentation.mixesImages }

    /// The class of an image.
    public func label(at index: Int) -> Int { images.label(at: index) }

    /// Writes images as `[height, width, channel]`.
    public func makeReader() -> any InputReader {
        ImageReader(
            source: images, format: format, preprocessing: preprocessing,
            augmentation: augmentation, normalization: normalization)
    }
}
