import Diagnostics
import Randomness

/// A random change of an image, made anew in each epoch.
///
/// A new operation is one file with a type of this protocol and one row in
/// `Augmentation.operations`. What it does to an image depends on its parameters and the key alone.
public protocol AugmentationOperation: Sendable {
    /// What `--augment` calls the operation.
    static var name: String { get }
    /// How `--augment` spells its parameters, as in `crop:PADDING[:zero|reflect]`.
    static var usage: String { get }

    /// Creates the operation from the parameters of `--augment`.
    ///
    /// - Parameter parameters: The words that followed the name, as in `["4", "reflect"]`.
    /// - Throws: `Failure` with `.usage` for a parameter that is not understood.
    init(parameters: [String]) throws

    /// Checks that images of a format can be changed this way.
    ///
    /// - Parameter format: The size of the images.
    /// - Throws: `Failure` with `.usage` if not, as for a padding wider than the image.
    func validate(for format: ImageFormat) throws

    /// Changes one image.
    ///
    /// - Parameters:
    ///   - image: The image as the operations before left it.
    ///   - key: The random numbers of this operation for this image in this epoch.
    func apply(to image: inout ImageEdit, key: RandomKey)
}

extension AugmentationOperation {
    /// Accepts every format.
    public func validate(for format: ImageFormat) throws {}

    /// The failure for parameters that are not understood.
    ///
    /// - Parameter parameters: The words that followed the name.
    /// - Returns: The failure, with `.usage`.
    static func misunderstood(_ parameters: [String]) -> Failure {
        Failure(
            .usage, in: "--augment", expected: usage,
            found: "\"\(([name] + parameters).joined(separator: ":"))\"")
    }
}

/// One image while its augmentation is decided: for every row and column of the result, the row and
/// column of the stored image that it is taken from.
///
/// Operations only rearrange these two short lists; the pixels themselves are read, rearranged,
/// converted and normalised in a single pass at the end.
public struct ImageEdit {
    /// For each row of the result, the stored row.
    public var rows: AxisMap
    /// For each column of the result, the stored column.
    public var columns: AxisMap
}

/// How one axis is padded where a crop reaches beyond the image.
public enum Padding: String, Hashable, Sendable, CaseIterable {
    /// Black: raw pixels of value 0, which normalisation then maps like any other pixel.
    case zero
    /// The image mirrored at its border without repeating the border's pixels.
    case reflect
}

/// For each place along an axis of the result, the place in the stored image, or none for padding.
///
/// The memory belongs to a loader thread and is used again for each image.
public struct AxisMap {
    /// Stands for "black padding" among the places of the stored image.
    static let outside: Int32 = -1

    /// Stored place of each result place, or `outside`.
    private(set) var places: UnsafeMutableBufferPointer<Int32>
    private var spare: UnsafeMutableBufferPointer<Int32>

    /// Allocates the map of an axis; `deallocate` gives the memory back.
    init(count: Int) {
        places = .allocate(capacity: count)
        spare = .allocate(capacity: count)
        spare.initialize(repeating: 0)
        places.initialize(repeating: 0)
        reset()
    }

    func deallocate() {
        places.deallocate()
        spare.deallocate()
    }

    /// The number of places along the axis.
    public var count: Int { places.count }

    /// Makes every place its own source.
    func reset() {
        for place in 0..<places.count { places[place] = Int32(truncatingIfNeeded: place) }
    }

    /// Mirrors the axis.
    public mutating func reverse() { places.reverse() }

    /// Moves the image along the axis: the new place `i` shows what was at place `i + distance`.
    ///
    /// - Parameters:
    ///   - distance: Places to move by, less than `count` in either direction.
    ///   - padding: What is shown where there was no place.
    public mutating func move(by distance: Int, padding: Padding) {
        let last = count - 1
        precondition(abs(distance) < count, "a move by \(distance) in \(count) places")
        for place in 0...last {
            let source = place + distance
            if source >= 0 && source <= last {
                spare[place] = places[source]
            } else if padding == .zero {
                spare[place] = Self.outside
            } else {
                spare[place] = places[source < 0 ? -source : 2 * last - source]
            }
        }
        swap(&places, &spare)
    }
}
