import Diagnostics
import Randomness

/// What is done to every image before anything else, in training, evaluation and prediction alike: a
/// part of the model, and stored with it.
///
/// Nothing in it is random. Images may become larger or smaller than the stored ones; the network and
/// the augmentation get the result.
public struct Preprocessing: Sendable {
    /// Every operation that `--preprocess` knows.
    static let operations: [any PixelOperation.Type] = [
        Resize.self, CenterCrop.self, GaussianBlur.self, MedianFilter.self, BilateralFilter.self,
    ]
    private static let list = OperationList(
        flag: "--preprocess", known: operations, allowsRanges: false)
    /// No operation looks at it.
    private static let key = RandomKey(seed: 0)

    /// The names that `--preprocess` knows.
    public static var knownNames: [String] { operations.map { $0.name } }

    /// The names with their parameters, for help texts.
    public static var usages: [String] { operations.map { $0.usage } }

    /// Images stay as they are stored.
    public static let none = Preprocessing(words: [], operations: [])

    /// The operations as the user names them.
    public let words: [String]
    /// What is done to an image, in this order.
    let operations: [any PixelOperation]

    private init(words: [String], operations: [any PixelOperation]) {
        self.words = words
        self.operations = operations
    }

    /// Creates a preprocessing from the words of `--preprocess`, such as
    /// `["resize:32", "center-crop:28"]`.
    ///
    /// - Parameter words: A name each, with parameters after colons; `none` alone for nothing.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one, and for
    ///   parameters that are not understood.
    public init(parsing words: [String]) throws {
        let operations = try Self.list.parse(words).compactMap { $0 as? any PixelOperation }
        self.init(words: operations.isEmpty ? [] : words, operations: operations)
    }

    /// Whether images stay as they are stored.
    public var isEmpty: Bool { operations.isEmpty }

    /// The size of the results.
    ///
    /// - Parameter format: The size of the stored images.
    /// - Returns: The size.
    /// - Throws: `Failure` with `.usage` if an operation does not fit the images.
    public func outputFormat(for format: ImageFormat) throws -> ImageFormat {
        try operations.reduce(format) { format, operation in
            try Self.list.check(operation, for: format)
            return operation.outputFormat(for: format)
        }
    }

    /// Does it to one image.
    ///
    /// - Parameter image: The image as it is stored.
    func apply(to image: inout WorkingImage) {
        for operation in operations { operation.apply(to: &image, key: Self.key) }
    }
}

extension Preprocessing: Hashable, Codable {
    /// Whether both are named by the same words.
    public static func == (first: Preprocessing, second: Preprocessing) -> Bool {
        first.words == second.words
    }

    /// Hashes the words.
    public func hash(into hasher: inout Hasher) { hasher.combine(words) }

    /// Reads the words.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: container.decode([String].self))
        } catch let failure as Failure {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: failure.description)
        }
    }

    /// Writes the words.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words)
    }
}
