/// What the size of the weights adds to the mean loss: l2/2 · ‖w‖² + l1 · ‖w‖₁, over weights and never
/// biases.
///
/// With both it is the elastic net. The derivative of |w| at 0 is taken as 0, so that l1 makes weights
/// small with a gradient method, but rarely exactly 0; see `AbsolutePenalty` for a way that does. In
/// scikit-learn's terms l2 is 1 / (C n) of `LogisticRegression` and `LinearSVC`, and 2 alpha / n of
/// `Ridge`, for n samples.
///
/// Source: Zou & Hastie 2005.
public struct WeightPenalty: Hashable, Sendable {
    /// The factor of the sum of absolute values.
    public let l1: Double
    /// Twice the factor of the sum of squares.
    public let l2: Double

    /// Creates a penalty.
    ///
    /// - Parameters:
    ///   - l1: The factor of the sum of absolute values, at least 0.
    ///   - l2: Twice the factor of the sum of squares, at least 0.
    public init(l1: Double, l2: Double) {
        precondition(l1 >= 0 && l2 >= 0, "penalties are at least 0, got \(l1) and \(l2)")
        self.l1 = l1
        self.l2 = l2
    }

    /// Whether there is none.
    public var isZero: Bool { l1 == 0 && l2 == 0 }

    /// Adds the penalty's gradient to gradients that are sums over samples.
    ///
    /// - Parameters:
    ///   - gradients: The sums' gradients, [count].
    ///   - weights: The weights, [count].
    ///   - count: How many.
    ///   - sampleCount: The number of samples of the sums.
    /// - Returns: The penalty of these weights, for one sample.
    public func add(
        to gradients: UnsafeMutablePointer<Float>, at weights: UnsafePointer<Float>, count: Int,
        sampleCount: Int
    ) -> Double {
        var (squares, sizes) = (0.0, 0.0)
        let scale = Double(sampleCount)
        for index in 0..<count {
            let weight = Double(weights[index])
            squares += weight * weight
            sizes += abs(weight)
            let sign: Double = weight > 0 ? 1 : weight < 0 ? -1 : 0
            gradients[index] += Float(scale * (l2 * weight + l1 * sign))
        }
        return l2 / 2 * squares + l1 * sizes
    }
}
