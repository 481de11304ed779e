/// The penalty l1 · ‖w‖₁ of some parameters, which has a kink where one of them is 0.
///
/// A batch optimizer adds it to a smooth function and goes by orthants: no step takes a weight to the
/// other side of 0, but to 0 itself; there weights stay if the slope on either side leads upwards.
///
/// Source: Andrew & Gao, Scalable training of L1-regularized log-linear models, ICML 2007 (OWL-QN).
public struct AbsolutePenalty: Hashable, Sendable {
    /// The factor of the sum of absolute values.
    public let factor: Double
    /// Where among the parameters the weights are.
    public let ranges: [Range<Int>]

    /// Creates a penalty.
    ///
    /// - Parameters:
    ///   - factor: The factor of the sum of absolute values, above 0.
    ///   - ranges: Where among the parameters the weights are.
    public init(factor: Double, ranges: [Range<Int>]) {
        precondition(factor > 0, "a penalty is above 0, got \(factor)")
        self.factor = factor
        self.ranges = ranges
    }

    /// The penalty at a point.
    func value(at point: [Double]) -> Double {
        var sum = 0.0
        forEachWeight { sum += abs(point[$0]) }
        return factor * sum
    }

    /// The slopes of the function with its penalty: at a kink that of the side that leads downwards, 0
    /// if none does.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the smooth function.
    ///   - point: The point.
    /// - Returns: One slope a parameter.
    func slopes(_ gradient: [Double], at point: [Double]) -> [Double] {
        var slopes = gradient
        forEachWeight { index in
            let (right, left) = (gradient[index] + factor, gradient[index] - factor)
            if point[index] > 0 {
                slopes[index] = right
            } else if point[index] < 0 {
                slopes[index] = left
            } else {
                slopes[index] = right < 0 ? right : left > 0 ? left : 0
            }
        }
        return slopes
    }

    /// Keeps weights where a direction would lead them upwards.
    ///
    /// - Parameters:
    ///   - direction: The direction.
    ///   - slopes: The slopes where it begins.
    func restrict(_ direction: inout [Double], _ slopes: [Double]) {
        forEachWeight { index in
            if direction[index] * slopes[index] >= 0 { direction[index] = 0 }
        }
    }

    /// Brings weights that have left their orthant to its border.
    ///
    /// - Parameters:
    ///   - trial: The point that a step has reached.
    ///   - point: Where it began.
    ///   - slopes: The slopes there.
    func clip(_ trial: inout [Double], from point: [Double], _ slopes: [Double]) {
        forEachWeight { index in
            let side = point[index] == 0 ? -slopes[index] : point[index]
            if trial[index] * side <= 0 { trial[index] = 0 }
        }
    }

    @inline(__always)
    private func forEachWeight(_ body: (Int) -> Void) {
        for range in ranges {
            for index in range { body(index) }
        }
    }
}

/// A search for a step with a sufficient decrease along a path that is bent where weights reach 0: by
/// halving.
///
/// Where the value moved less than its rounding error, the slopes decide: they have to be smaller.
struct ArcSearch: Codable, Hashable, Sendable {
    /// The step to evaluate next, or the accepted one.
    private(set) var step: Double

    private let value: Double
    private let noise: Double
    private(set) var evaluationCount = 0

    /// The share of the expected decrease that is sufficient.
    private static let decrease = 1e-4
    private static let largestEvaluationCount = 30

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - value: The value where it begins.
    ///   - firstStep: The step to try first.
    ///   - noise: The rounding error of values, relative to them.
    init(value: Double, firstStep: Double, noise: Double) {
        self.value = value
        self.noise = noise
        step = firstStep
    }

    /// Takes what came out at `step`.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - change: What the slopes at the beginning foretold for its change.
    ///   - isFlatter: Whether the largest slope is smaller than at the beginning.
    /// - Returns: What is to be done.
    mutating func take(value: Double, change: Double, isFlatter: Bool) -> LineSearch.Verdict {
        evaluationCount += 1
        let isWithinNoise = abs(value - self.value) <= noise * abs(self.value)
        if change < 0,
            value <= self.value + Self.decrease * change || (isWithinNoise && isFlatter)
        {
            return .accepted
        }
        guard evaluationCount < Self.largestEvaluationCount else { return .failed }
        step /= 2
        return .evaluate
    }
}
