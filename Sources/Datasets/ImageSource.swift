/// Images of one size with their classes, as bytes in memory: what a loader reads from.
///
/// A source is immutable and complete: whatever can be wrong with its file was found when it was
/// opened, so that reading an image cannot fail and any number of threads may read at once.
public protocol ImageSource: Sendable {
    /// What messages call the images, as in `cifar10 training`.
    var name: String { get }
    /// The size of every image.
    var format: ImageFormat { get }
    /// The order of the bytes of every image.
    var layout: PixelLayout { get }
    /// The names of the classes; a label is an index into them.
    var classNames: [String] { get }
    /// The number of images, 1 to 2³¹ − 1.
    var count: Int { get }
    /// Whether the classes of the images are known; a file given for prediction may lack them.
    var hasLabels: Bool { get }
    /// The constants that the field uses for this data set.
    var normalization: Normalization { get }

    /// The class of an image, in `0 ..< classNames.count`.
    ///
    /// - Parameter index: The image, in `0 ..< count`. The source must have labels.
    /// - Returns: The class.
    func label(at index: Int) -> Int

    /// The bytes of an image, `format.elementCount` of them in the order of `layout`.
    ///
    /// - Parameter index: The image, in `0 ..< count`.
    /// - Returns: Memory that stays valid and unchanged as long as the source lives.
    func pixels(at index: Int) -> UnsafePointer<UInt8>
}

extension ImageSource {
    /// True: only files given for prediction may lack labels.
    public var hasLabels: Bool { true }
}

/// Which part of a data set.
public enum DatasetSplit: String, Hashable, Sendable, CaseIterable {
    /// The images to learn from.
    case training
    /// The images to measure with.
    case test
}
