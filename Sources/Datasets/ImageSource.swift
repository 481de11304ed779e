/// Images of one size with their classes, as bytes in memory.
public protocol ImageSource: SampleSource {
    /// The size of every image.
    var format: ImageFormat { get }
    /// The order of the bytes of every image.
    var layout: PixelLayout { get }
    /// The constants that the field uses for this data set.
    var normalization: Normalization { get }

    /// The bytes of an image, `format.elementCount` of them in the order of `layout`.
    ///
    /// - Parameter index: The image, in `0 ..< count`.
    /// - Returns: Memory that stays valid and unchanged as long as the source lives.
    func pixels(at index: Int) -> UnsafePointer<UInt8>
}

/// Which part of a data set.
public enum DatasetSplit: String, Hashable, Sendable, CaseIterable {
    /// The images to learn from.
    case training
    /// The images to measure with.
    case test
}
