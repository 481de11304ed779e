/// The squared difference from an image's value; where images have classes, the mean over the
/// outputs of the squared difference from the one-hot label.
public struct MeanSquaredError: Loss {
    /// Creates a loss.
    public init() {}

    /// Computes the loss and its gradient, 2 (output − target) / outputCount.
    ///
    /// A single output is that of a value, for which no image counts as correct.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        let tellsValue = outputCount == 1
        var sum: Double = 0
        var correctCount = 0
        for image in 0..<imageCount {
            let row = outputs + image * outputCount
            let label = Int(labels[image])
            for index in 0..<outputCount {
                let target: Float = tellsValue ? targets[image] : (index == label ? 1 : 0)
                let difference = row[index] - target
                sum += Double(difference * difference)
                if let gradients {
                    gradients[image * outputCount + index] = 2 * difference / Float(outputCount)
                }
            }
            if !tellsValue && indexOfLargest(row, count: outputCount) == label { correctCount += 1 }
        }
        return LossValue(sum: Float(sum / Double(outputCount)), correctCount: correctCount)
    }
}
