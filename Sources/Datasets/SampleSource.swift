import Randomness

/// Samples with their classes or values: images, or rows of a table.
///
/// A source is immutable and complete: whatever can be wrong with its file was found when it was
/// opened, so that reading a sample cannot fail and any number of threads may read at once.
public protocol SampleSource: Sendable {
    /// What messages call the samples, as in `cifar10 training`.
    var name: String { get }
    /// The number of samples, 1 to 2³¹ − 1.
    var count: Int { get }
    /// The names of the classes; a label is an index into them. Empty where samples have values
    /// instead of classes.
    var classNames: [String] { get }
    /// Whether the classes or values of the samples are known; a file given for prediction may lack
    /// them.
    var hasLabels: Bool { get }

    /// The class of a sample, in `0 ..< classNames.count`; 0 where samples have values.
    ///
    /// - Parameter index: The sample, in `0 ..< count`. The source must have labels.
    /// - Returns: The class.
    func label(at index: Int) -> Int

    /// The value of a sample; the number of its class where samples have classes.
    ///
    /// - Parameter index: The sample, in `0 ..< count`. The source must have labels.
    /// - Returns: The value.
    func target(at index: Int) -> Float
}

extension SampleSource {
    /// True: only files given for prediction may lack labels.
    public var hasLabels: Bool { true }

    /// The number of the class.
    public func target(at index: Int) -> Float { Float(label(at: index)) }
}

/// Samples in the form in which a network takes them: what a loader reads from.
public protocol InputSource: SampleSource {
    /// Floats of one sample.
    var elementCount: Int { get }
    /// Whether a sample may be mixed with another one, whose class it then shares.
    var mixesSamples: Bool { get }

    /// A reader for one thread.
    ///
    /// - Returns: The reader, whose memory the caller gives back with `deallocate`.
    func makeReader() -> any InputReader
}

extension InputSource {
    /// False: only images can be mixed.
    public var mixesSamples: Bool { false }
}

/// How much of a sample is another one.
public struct SampleMixture: Hashable, Sendable {
    /// The other sample in the source.
    public let partner: Int
    /// The share of the sample itself, 0 to 1.
    public let share: Float
}

/// Turns stored samples into what a network takes, for one thread.
///
/// It allocates nothing after it was made, and what it writes depends on nothing but the sample's
/// number and the key.
public protocol InputReader {
    /// What the sample that was written last is mixed with, nil if with nothing.
    var mixture: SampleMixture? { get }

    /// Writes one sample.
    ///
    /// - Parameters:
    ///   - index: The sample in the source.
    ///   - key: The key of (seed, epoch) for random changes; the sample's own is derived from it.
    ///   - output: The source's `elementCount` floats, overwritten.
    mutating func read(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>)

    /// Gives the reader's memory back; it must not be used any more.
    func deallocate()
}

extension InputReader {
    /// Nothing.
    public var mixture: SampleMixture? { nil }
}
