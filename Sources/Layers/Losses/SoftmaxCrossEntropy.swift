import Kernels

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

    /// True.
    public var scoresAreLogits: Bool { true }

    /// Computes the loss and its gradient, softmax − target.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount classCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
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
