import Diagnostics
import Randomness

/// One operation on images, as `--augment` and `--preprocess` name them.
///
/// A new operation is one file with a type of `GeometricOperation`, `PixelOperation` or
/// `MixingOperation`, and one row in `Augmentation.operations` or `Preprocessing.operations`. What it
/// does to an image depends on its parameters and the key alone.
public protocol ImageOperation: Sendable {
    /// What the user calls the operation.
    static var name: String { get }
    /// How its parameters are spelled, as in `crop:PADDING[:FILL]`.
    static var usage: String { get }

    /// Creates the operation from what the user wrote after its name.
    ///
    /// - Parameter parameters: Gives one word after the other; all have to be taken.
    /// - Throws: `Failure` with `.usage` for a parameter that is not understood.
    init(parameters: inout OperationParameters) throws

    /// Why images of a format cannot be changed this way.
    ///
    /// - Parameter format: The size of the images.
    /// - Returns: What is wrong, or nil if they can.
    func objection(to format: ImageFormat) -> OperationObjection?
}

extension ImageOperation {
    /// Accepts every format.
    public func objection(to format: ImageFormat) -> OperationObjection? { nil }
}

/// Why an operation does not fit the images.
public struct OperationObjection: Hashable, Sendable {
    /// What would fit.
    public let expected: String
    /// What was asked for.
    public let found: String

    /// Creates an objection.
    ///
    /// - Parameters:
    ///   - expected: What would fit.
    ///   - found: What was asked for.
    public init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }
}

/// An operation that moves pixels.
///
/// All of an augmentation are made as one, in their order, before anything else.
public protocol GeometricOperation: ImageOperation {
    /// Whether it moves whole pixels, so that nothing has to be resampled for it.
    static var keepsPixels: Bool { get }
    /// What is to be shown beyond the border, if the user named it.
    var fill: Fill? { get }

    /// Moves the pixels of one image.
    ///
    /// - Parameters:
    ///   - image: Where the operations before have moved the pixels.
    ///   - key: The random numbers of this operation for this image in this epoch.
    func place(_ image: inout ImagePlacement, key: RandomKey)
}

extension GeometricOperation {
    /// False: most operations resample.
    public static var keepsPixels: Bool { false }
    /// None is named.
    public var fill: Fill? { nil }
}

/// An operation that computes new values of the pixels, or an image of another size.
public protocol PixelOperation: ImageOperation {
    /// The size of the results.
    ///
    /// - Parameter format: The size of the images, to which there is no objection.
    /// - Returns: The size.
    func outputFormat(for format: ImageFormat) -> ImageFormat

    /// Floats of memory that it needs besides the image and its result.
    ///
    /// - Parameter format: The size of the images, to which there is no objection.
    /// - Returns: The number of floats.
    func scratchCount(for format: ImageFormat) -> Int

    /// Changes one image.
    ///
    /// - Parameters:
    ///   - image: The image as the operations before left it.
    ///   - key: The random numbers of this operation for this image in this epoch.
    func apply(to image: inout WorkingImage, key: RandomKey)
}

extension PixelOperation {
    /// The size stays.
    public func outputFormat(for format: ImageFormat) -> ImageFormat { format }
    /// None.
    public func scratchCount(for format: ImageFormat) -> Int { 0 }
}

/// An operation that mixes an image with another one of the data set, whose label it then shares.
public protocol MixingOperation: ImageOperation {
    /// Mixes two images.
    ///
    /// - Parameters:
    ///   - image: The image, `[height, width, channel]`, which becomes the mixture.
    ///   - partner: The other one, of the same size.
    ///   - format: The size of both.
    ///   - key: The random numbers of this operation for this image in this epoch.
    /// - Returns: The share of the image in the mixture, 0 to 1; the rest is the partner's.
    func mix(
        _ image: UnsafeMutablePointer<Float>, with partner: UnsafePointer<Float>,
        format: ImageFormat, key: RandomKey
    ) -> Float
}
