import Diagnostics
import Kernels

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
    /// Computes the loss and, if asked, its gradient.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs, [imageCount, classCount].
    ///   - labels: Each image's class, in 0 ..< classCount, [imageCount].
    ///   - imageCount: The number of images.
    ///   - classCount: The length of one output.
    ///   - gradients: Where the gradient of the sum goes, [imageCount, classCount], or nil.
    ///   - scratch: `scratchCount(imageCount:classCount:)` floats.
    /// - Returns: The sum of the losses and the number of correct images.
    func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>, imageCount: Int,
        classCount: Int, gradients: UnsafeMutablePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>
    ) -> LossValue
}

extension Loss {
    /// Floats of scratch memory for a number of images and classes.
    ///
    /// - Parameters:
    ///   - imageCount: The number of images.
    ///   - classCount: The length of one output.
    /// - Returns: The number of floats.
    public static func scratchCount(imageCount: Int, classCount: Int) -> Int {
        imageCount * (classCount + 1)
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

/// Cross-entropy of the softmax of the outputs against the labels.
///
/// With label smoothing s the target is 1 − s + s/classes for the label and s/classes for the
/// others.
///
/// Source: Szegedy et al. 2016, section 7, for the smoothing.
public struct SoftmaxCrossEntropy: Loss {
    /// How much of the target is spread evenly over all classes, in [0, 1).
    public let labelSmoothing: Float

    /// Creates a loss.
    ///
    /// - Parameter labelSmoothing: How much of the target is spread evenly over all classes.
    public init(labelSmoothing: Float = 0) {
        precondition(
            labelSmoothing >= 0 && labelSmoothing < 1,
            "label smoothing lies in [0, 1), got \(labelSmoothing)")
        self.labelSmoothing = labelSmoothing
    }

    /// Computes the loss and its gradient, softmax − target.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>, imageCount: Int,
        classCount: Int, gradients: UnsafeMutablePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        let logNormalizers = scratch
        let probabilities = gradients ?? (scratch + imageCount)
        Vectors.kernels.softmax(
            outputs, rows: imageCount, columns: classCount, into: probabilities,
            logNormalizers: logNormalizers)
        let spread = labelSmoothing / Float(classCount)
        var sum: Double = 0
        var correctCount = 0
        for image in 0..<imageCount {
            let row = outputs + image * classCount
            let label = Int(labels[image])
            var target = Double((1 - labelSmoothing) * row[label])
            if spread > 0 {
                for index in 0..<classCount { target += Double(spread * row[index]) }
            }
            sum += Double(logNormalizers[image]) - target
            if indexOfLargest(row, count: classCount) == label { correctCount += 1 }
            if let gradients {
                let gradient = gradients + image * classCount
                if spread > 0 {
                    for index in 0..<classCount { gradient[index] -= spread }
                }
                gradient[label] -= 1 - labelSmoothing
            }
        }
        return LossValue(sum: Float(sum), correctCount: correctCount)
    }
}

/// The mean over the outputs of the squared difference from the one-hot label.
public struct MeanSquaredError: Loss {
    /// Creates a loss.
    public init() {}

    /// Computes the loss and its gradient, 2 (output − target) / classCount.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>, imageCount: Int,
        classCount: Int, gradients: UnsafeMutablePointer<Float>?,
        scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        var sum: Double = 0
        var correctCount = 0
        for image in 0..<imageCount {
            let row = outputs + image * classCount
            let label = Int(labels[image])
            for index in 0..<classCount {
                let difference = row[index] - (index == label ? 1 : 0)
                sum += Double(difference * difference)
                if let gradients {
                    gradients[image * classCount + index] = 2 * difference / Float(classCount)
                }
            }
            if indexOfLargest(row, count: classCount) == label { correctCount += 1 }
        }
        return LossValue(sum: Float(sum / Double(classCount)), correctCount: correctCount)
    }
}
