import Foundation

/// The logistic loss: for two classes log(1 + exp(−s·z)) of a single output z, where s is 1 for the
/// second class and −1 for the first; for more classes the cross-entropy of the softmax.
///
/// One output for two classes is the parametrisation of scikit-learn's `LogisticRegression`, whose
/// coefficients it gives; two outputs would have the same minimum, but infinitely many solutions.
public struct LogisticLoss: Loss {
    /// Creates a loss.
    public init() {}

    /// One for two classes.
    public func outputCount(classCount: Int) -> Int { classCount == 2 ? 1 : classCount }

    /// True.
    public var scoresAreLogits: Bool { true }

    /// 0 and the output for two classes.
    public func writeScores(
        of output: UnsafePointer<Float>, classCount: Int, into scores: UnsafeMutablePointer<Float>
    ) {
        guard classCount == 2 else { return scores.update(from: output, count: classCount) }
        scores[0] = 0
        scores[1] = output[0]
    }

    /// Computes the loss and its gradient, σ(z) − 1 for the second class and σ(z) for the first.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        guard outputCount == 1 else {
            return SoftmaxCrossEntropy().evaluate(
                outputs, labels: labels, targets: targets, imageCount: imageCount,
                outputCount: outputCount, gradients: gradients, scratch: scratch)
        }
        var sum: Double = 0
        var correctCount = 0
        for image in 0..<imageCount {
            let isSecond = labels[image] == 1
            let output = Double(outputs[image])
            let margin = isSecond ? output : -output
            // exp of a number above 0 could overflow.
            let small = exp(-abs(margin))
            sum += max(-margin, 0) + log1p(small)
            if (output > 0) == isSecond { correctCount += 1 }
            if let gradients {
                let slope = (margin > 0 ? small : 1) / (1 + small)
                gradients[image] = Float(isSecond ? -slope : slope)
            }
        }
        return LossValue(sum: Float(sum), correctCount: correctCount)
    }
}
