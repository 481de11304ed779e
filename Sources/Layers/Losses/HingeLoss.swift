/// The hinge loss of support vector machines, max(0, 1 − s·z), or its square: for two classes of a
/// single output z, where s is 1 for the second class and −1 for the first; for more classes summed
/// over an output for each, where s is 1 for the image's own class and −1 for the others.
///
/// Thus more than two classes are told apart one against the rest, as by scikit-learn's `LinearSVC`.
///
/// Source: Cortes & Vapnik 1995; squared: Chang, Hsieh & Lin 2008.
public struct HingeLoss: Loss {
    /// Whether the square is taken, which has no kink.
    public let isSquared: Bool

    /// Creates a loss.
    ///
    /// - Parameter isSquared: Whether the square is taken.
    public init(isSquared: Bool = false) { self.isSquared = isSquared }

    /// One for two classes.
    public func outputCount(classCount: Int) -> Int { classCount == 2 ? 1 : classCount }

    /// The output and its negative for two classes.
    public func writeScores(
        of output: UnsafePointer<Float>, classCount: Int, into scores: UnsafeMutablePointer<Float>
    ) {
        guard classCount == 2 else { return scores.update(from: output, count: classCount) }
        scores[0] = -output[0]
        scores[1] = output[0]
    }

    /// Computes the loss and its gradient; at the kink the gradient is 0.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        var sum: Double = 0
        var correctCount = 0
        for image in 0..<imageCount {
            let row = outputs + image * outputCount
            let label = Int(labels[image])
            // The single output of two classes is that of the second.
            let first = outputCount == 1 ? 1 : 0
            for index in 0..<outputCount {
                let sign: Float = first + index == label ? 1 : -1
                let margin = 1 - sign * row[index]
                // Not by max(), which would take NaN for 0.
                let shortfall = margin < 0 ? 0 : margin
                sum += Double(isSquared ? shortfall * shortfall : shortfall)
                if let gradients {
                    let slope: Float = isSquared ? 2 * shortfall : (shortfall > 0 ? 1 : 0)
                    gradients[image * outputCount + index] = -sign * slope
                }
            }
            let found =
                outputCount == 1 ? (row[0] > 0 ? 1 : 0) : indexOfLargest(row, count: outputCount)
            if found == label { correctCount += 1 }
        }
        return LossValue(sum: Float(sum), correctCount: correctCount)
    }
}
