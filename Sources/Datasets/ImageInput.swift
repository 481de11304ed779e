import Diagnostics

/// Images as a network takes them: changed at random, normalised, channels innermost.
public struct ImageInput: InputSource {
    private let images: any ImageSource
    private let augmentation: Augmentation
    private let normalization: Normalization

    /// Prepares images for a network.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - augmentation: Random changes.
    ///   - normalization: The map from bytes to floats; the images' own if nil.
    /// - Throws: `Failure` with `.usage` if the augmentation or the normalisation does not fit the
    ///   images.
    public init(
        _ images: any ImageSource, augmentation: Augmentation = .none,
        normalization: Normalization? = nil
    ) throws {
        let normalization = normalization ?? images.normalization
        try augmentation.validate(for: images.format)
        guard normalization.fits(channels: images.format.channels) else {
            throw Failure(
                .usage, in: "normalization", expected: "\(images.format.channels) values",
                found: "\(normalization.mean.count) for \(images.name)",
                fix: "give one value for each channel, or one for all")
        }
        self.images = images
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
    public var elementCount: Int { images.format.elementCount }

    /// The class of an image.
    public func label(at index: Int) -> Int { images.label(at: index) }

    /// Writes images as `[height, width, channel]`.
    public func makeReader() -> any InputReader {
        ImageReader(source: images, augmentation: augmentation, normalization: normalization)
    }
}
