import Diagnostics
import Randomness

/// Random changes made to each training image, one after the other.
///
/// What happens to an image is a function of (seed, epoch, image number, operation): never of the
/// thread, the rank, the batch or the order in which images are loaded.
public struct Augmentation: Sendable {
    /// Every operation that `--augment` knows.
    static let operations: [any AugmentationOperation.Type] = [
        RandomCrop.self, HorizontalFlip.self,
    ]

    /// The names that `--augment` knows.
    public static var knownNames: [String] { operations.map { $0.name } }

    /// The names with their parameters, for help texts.
    public static var usages: [String] { operations.map { $0.usage } }

    /// No change.
    public static let none = Augmentation(operations: [])

    /// What is done to an image, in this order.
    public let operations: [any AugmentationOperation]

    private init(operations: [any AugmentationOperation]) { self.operations = operations }

    /// Creates an augmentation from operations.
    ///
    /// - Parameter operations: What is done to an image, in this order; each kind at most once,
    ///   since two of a kind would have the same random numbers.
    /// - Throws: `Failure` with `.usage` if a kind is named twice.
    public init(_ operations: [any AugmentationOperation]) throws {
        var names: Set<String> = []
        for operation in operations {
            let name = type(of: operation).name
            guard names.insert(name).inserted else {
                throw Failure(
                    .usage, in: "--augment", expected: "each operation once",
                    found: "\"\(name)\" twice")
            }
        }
        self.init(operations: operations)
    }

    /// Creates an augmentation from the words of `--augment`, such as `["crop:4", "flip"]`.
    ///
    /// - Parameter words: A name each, with parameters after colons; `none` alone for no change.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one, and for
    ///   parameters that are not understood.
    public init(parsing words: [String]) throws {
        if words == ["none"] {
            self = .none
            return
        }
        try self.init(words.map(Self.operation(parsing:)))
    }

    /// Checks that images of a format can be changed this way.
    ///
    /// - Parameter format: The size of the images.
    /// - Throws: `Failure` with `.usage` if not.
    public func validate(for format: ImageFormat) throws {
        for operation in operations { try operation.validate(for: format) }
    }

    /// Applies all operations to one image.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - key: The key of (seed, epoch, image number).
    func apply(to image: inout ImageEdit, key: RandomKey) {
        for operation in operations {
            operation.apply(to: &image, key: key.derived(type(of: operation).name))
        }
    }

    private static func operation(parsing word: String) throws -> any AugmentationOperation {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard let kind = operations.first(where: { $0.name == name }) else {
            let nearest = knownNames.nearest(to: name)
            throw Failure(
                .usage, in: "--augment", expected: "one of \(knownNames.joined(separator: ", "))",
                found: "unknown operation \"\(name)\"",
                fix: nearest.map { "did you mean \($0)?" })
        }
        return try kind.init(parameters: Array(parts.dropFirst()))
    }
}
