/// What a microbatch's loss comes to.
public struct LossValue: Sendable {
    /// The sum, not the mean, of the images' losses.
    public let sum: Float
    /// How many images had their own class as the one with the largest output.
    public let correctCount: Int
}

/// What training makes small.
///
/// A loss is summed over images, so that sums over microbatches and ranks need no weights; the mean
/// is taken once, by the true number of images.
public protocol Loss: Sendable {
    /// The length of the output that a network needs for the loss.
    ///
    /// - Parameter classCount: The number of classes; 0 where images have values instead.
    /// - Returns: By default one output a class, and one for a value.
    func outputCount(classCount: Int) -> Int

    /// Whether the softmax of the scores of an image's classes are their probabilities.
    var scoresAreLogits: Bool { get }

    /// Whether the loss of images together is the sum of the losses of each alone.
    var isSumOverImages: Bool { get }

    /// What an image's output says of each class: the largest score is that of the class it is taken
    /// for.
    ///
    /// - Parameters:
    ///   - output: The output, `outputCount(classCount:)` floats.
    ///   - classCount: The number of classes.
    ///   - scores: Where the scores go, [classCount]; by default the output itself.
    func writeScores(
        of output: UnsafePointer<Float>, classCount: Int, into scores: UnsafeMutablePointer<Float>)

    /// Computes the loss and, if asked, its gradient.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs, [imageCount, outputCount].
    ///   - labels: Each image's class, [imageCount].
    ///   - targets: Each image's value, [imageCount]; the number of its class where images have
    ///     classes.
    ///   - imageCount: The number of images.
    ///   - outputCount: The length of one output.
    ///   - gradients: Where the gradient of the sum goes, [imageCount, outputCount], or nil.
    ///   - scratch: `scratchCount(imageCount:outputCount:)` floats.
    /// - Returns: The sum of the losses and the number of correct images.
    func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) -> LossValue
}

extension Loss {
    /// One for each class, or one for a value.
    public func outputCount(classCount: Int) -> Int { max(classCount, 1) }

    /// False.
    public var scoresAreLogits: Bool { false }

    /// True.
    public var isSumOverImages: Bool { true }

    /// The output itself.
    public func writeScores(
        of output: UnsafePointer<Float>, classCount: Int, into scores: UnsafeMutablePointer<Float>
    ) {
        scores.update(from: output, count: classCount)
    }

    /// Floats of scratch memory for a number of images and outputs.
    ///
    /// - Parameters:
    ///   - imageCount: The number of images.
    ///   - outputCount: The length of one output.
    /// - Returns: The number of floats.
    public static func scratchCount(imageCount: Int, outputCount: Int) -> Int {
        imageCount * (outputCount + 1)
    }
}

/// The place of the largest of some values; the first of equals.
///
/// - Parameters:
///   - values: The values.
///   - count: How many, at least 1.
/// - Returns: The position.
public func indexOfLargest(_ values: UnsafePointer<Float>, count: Int) -> Int {
    var best = 0
    for index in 1..<max(count, 1) where values[index] > values[best] { best = index }
    return best
}
