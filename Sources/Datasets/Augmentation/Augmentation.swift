import Diagnostics
import Randomness

/// Random changes made to each training image.
///
/// Operations that move pixels are made first and as one, in the order in which they are named: if
/// all keep whole pixels, by moving these; else by one bilinear resampling along the composed affine
/// map, so that an image is blurred once, however many there are. Then come those that compute new
/// values, in their order. An operation that mixes two images is the last: it mixes an image with
/// another one of the whole data set, as that one's own augmentation leaves it in the same epoch. Of
/// several each image gets one.
///
/// What happens to an image is a function of (seed, epoch, image number, operation): never of the
/// thread, the rank, the batch or the order in which images are loaded.
public struct Augmentation: Sendable {
    /// Every operation that `--augment` knows.
    static let operations: [any ImageOperation.Type] = [
        RandomCrop.self, HorizontalFlip.self, VerticalFlip.self, Rotation.self, Shift.self,
        Shear.self, Zoom.self, Brightness.self, Contrast.self, GaussianBlur.self,
        MedianFilter.self, BilateralFilter.self, Cutout.self, Mixup.self, Cutmix.self,
    ]
    private static let list = OperationList(
        flag: "--augment", known: operations, allowsRanges: true)

    /// The names that `--augment` knows.
    public static var knownNames: [String] { operations.map { $0.name } }

    /// The names with their parameters, for help texts.
    public static var usages: [String] { operations.map { $0.usage } }

    /// No change.
    public static let none = Augmentation()

    /// The operations as they are named.
    public let operations: [any ImageOperation]
    /// Those that move pixels.
    let geometricOperations: [any GeometricOperation]
    /// Those that compute new values.
    let pixelOperations: [any PixelOperation]
    /// Those of which each image gets one.
    let mixingOperations: [any MixingOperation]
    /// What is shown beyond the border of an image.
    let fill: Fill

    private init() {
        operations = []
        geometricOperations = []
        pixelOperations = []
        mixingOperations = []
        fill = .zero
    }

    /// Creates an augmentation from operations.
    ///
    /// - Parameter operations: What is done to an image; each kind at most once, since two of a kind
    ///   would have the same random numbers.
    /// - Throws: `Failure` with `.usage` if a kind is named twice, or two different fills.
    public init(_ operations: [any ImageOperation]) throws {
        var names: Set<String> = []
        for operation in operations {
            let name = type(of: operation).name
            guard names.insert(name).inserted else {
                throw Failure(
                    .usage, in: Self.list.flag, expected: "each operation once",
                    found: "\"\(name)\" twice")
            }
        }
        self.operations = operations
        geometricOperations = operations.compactMap { $0 as? any GeometricOperation }
        pixelOperations = operations.compactMap { $0 as? any PixelOperation }
        mixingOperations = operations.compactMap { $0 as? any MixingOperation }
        let fills = geometricOperations.compactMap(\.fill)
        fill = fills.first ?? .zero
        if let other = fills.first(where: { $0 != fill }) {
            throw Failure(
                .usage, in: Self.list.flag,
                expected: "one fill, since all operations that move pixels are made as one",
                found: "\(fill.rawValue) and \(other.rawValue)", fix: "name one of them, once")
        }
    }

    /// Creates an augmentation from the words of `--augment`, such as `["crop:4", "flip"]`.
    ///
    /// - Parameter words: A name each, with parameters after colons; `none` alone for no change.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one, for
    ///   parameters that are not understood, for a kind that is named twice, and for two fills.
    public init(parsing words: [String]) throws { try self.init(Self.list.parse(words)) }

    /// Whether images keep their pixels: they are moved at most, by whole pixels.
    var keepsPixels: Bool { pixelOperations.isEmpty && placementKeepsPixels }

    /// Whether the operations that move pixels move whole pixels.
    var placementKeepsPixels: Bool {
        geometricOperations.allSatisfy { type(of: $0).keepsPixels }
    }

    /// Whether labels are shared by two images.
    public var mixesImages: Bool { !mixingOperations.isEmpty }

    /// Checks that images of a format can be changed this way.
    ///
    /// - Parameter format: The size of the images.
    /// - Throws: `Failure` with `.usage` if not.
    public func validate(for format: ImageFormat) throws {
        for operation in operations { try Self.list.check(operation, for: format) }
    }

    /// Decides where the pixels of one image come from.
    ///
    /// - Parameters:
    ///   - image: The image's placement, from that of the image before.
    ///   - key: The key of (seed, epoch, image number).
    func place(_ image: inout ImagePlacement, key: RandomKey) {
        image.reset()
        for operation in geometricOperations {
            operation.place(&image, key: key.derived(type(of: operation).name))
        }
    }

    /// Computes new values of one image's pixels.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - key: The key of (seed, epoch, image number).
    func apply(to image: inout WorkingImage, key: RandomKey) {
        for operation in pixelOperations {
            operation.apply(to: &image, key: key.derived(type(of: operation).name))
        }
    }
}
