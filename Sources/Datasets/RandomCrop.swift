import Diagnostics
import Randomness

/// Pads every side of an image and cuts a window of the image's own size out at a random place.
///
/// As torchvision's `RandomCrop(size, padding: p)` on raw images: padding is made of pixels of value
/// 0 *before* normalisation, so that it becomes `(0 − mean) / deviation`, black and not mean grey.
/// Each of the (2p + 1)² windows is equally likely.
public struct RandomCrop: AugmentationOperation {
    /// `crop`.
    public static let name = "crop"
    /// `crop:PADDING[:zero|reflect]`.
    public static let usage = "crop:PADDING[:zero|reflect]"

    /// Pixels added on each side.
    public let padding: Int
    /// What the added pixels show.
    public let mode: Padding

    /// Creates a crop.
    ///
    /// - Parameters:
    ///   - padding: Pixels added on each side, at least 1.
    ///   - mode: What the added pixels show.
    public init(padding: Int = 4, mode: Padding = .zero) {
        precondition(padding > 0, "a crop needs a padding of at least 1, got \(padding)")
        self.padding = padding
        self.mode = mode
    }

    /// Creates a crop from `crop`, `crop:4` or `crop:4:reflect`.
    public init(parameters: [String]) throws {
        var padding = 4
        var mode = Padding.zero
        if let first = parameters.first {
            guard let number = Int(first), number > 0 else { throw Self.misunderstood(parameters) }
            padding = number
        }
        if parameters.count > 1 {
            guard parameters.count == 2, let known = Padding(rawValue: parameters[1]) else {
                throw Self.misunderstood(parameters)
            }
            mode = known
        }
        self.init(padding: padding, mode: mode)
    }

    /// Refuses a padding that is not less than the image.
    public func validate(for format: ImageFormat) throws {
        let limit = min(format.height, format.width) - 1
        guard padding <= limit else {
            throw Failure(
                .usage, in: "--augment", expected: "a padding of at most \(limit) for \(format)",
                found: "crop:\(padding)")
        }
    }

    /// Moves the image by up to the padding, down or up and right or left.
    public func apply(to image: inout ImageEdit, key: RandomKey) {
        let positions = 2 * padding + 1
        let top = key.integer(below: positions, at: 0)
        let left = key.integer(below: positions, at: 1)
        image.rows.move(by: top - padding, padding: mode)
        image.columns.move(by: left - padding, padding: mode)
    }
}
