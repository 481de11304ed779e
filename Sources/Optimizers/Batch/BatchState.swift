/// When a batch optimizer stops.
public struct BatchLimits: Hashable, Sendable {
    /// The iterations after which it stops at the latest.
    public var maxIterations: Int
    /// It stops where no element of the gradient is larger than this: SciPy's `gtol` with its
    /// infinity norm.
    public var gradientTolerance: Double
    /// The rounding error of values, relative to them: a smaller change is neither a decrease nor
    /// an increase.
    public var valueNoise: Double

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - maxIterations: The largest number of iterations.
    ///   - gradientTolerance: The largest element of the gradient at the end.
    ///   - valueNoise: The rounding error of values, relative to them.
    public init(
        maxIterations: Int, gradientTolerance: Double = 1e-5, valueNoise: Double = 1e-14
    ) {
        self.maxIterations = maxIterations
        self.gradientTolerance = gradientTolerance
        self.valueNoise = valueNoise
    }
}

/// Why a batch optimizer has stopped.
public enum BatchEnd: String, Codable, Hashable, Sendable {
    /// The gradient is within the tolerance.
    case converged
    /// All iterations are made.
    case iterationLimit = "iteration_limit"
    /// No step was found that decreases the value, or nothing changes but by rounding.
    case noDecrease = "no_decrease"
    /// The value or gradient at the beginning is NaN or infinite.
    case notFinite = "not_finite"
}

/// How far a batch optimizer has come.
public struct BatchCounts: Codable, Hashable, Sendable {
    /// The iterations made.
    public var iterations = 0
    /// The evaluations made.
    public var evaluations = 0
    /// The value after the last iteration; nil before the first evaluation.
    public var value: Double?
    /// The largest magnitude of an element of the gradient after the last iteration.
    public var gradientNorm = 0.0
    /// Why it has stopped; nil if it has not.
    public var end: BatchEnd?
    /// The step along the direction of the last iteration.
    public var step = 0.0
    /// By how much the value fell in the last iteration.
    var lastDecrease = 0.0
    /// The smallest `gradientNorm` so far.
    var smallestGradientNorm = 0.0
    /// Iterations without progress, in a row.
    var stalled = 0
    /// Whether the direction is that of steepest descent.
    var isSteepest = false

    enum CodingKeys: String, CodingKey {
        case iterations, evaluations, value, end, step, stalled
        case gradientNorm = "gradient_norm"
        case lastDecrease = "last_decrease"
        case isSteepest = "is_steepest"
        case smallestGradientNorm = "smallest_gradient_norm"
    }
}

/// Everything that a batch optimizer knows: a few numbers, and named vectors of any length.
public struct BatchState: Codable, Hashable, Sendable {
    /// The name of the method.
    public let method: String
    /// How far it has come.
    public let counts: BatchCounts
    /// The line search that goes on.
    let search: LineSearch?
    /// The search along a path that goes on.
    let arc: ArcSearch?
    /// The vectors by name: `point`, `gradient`, `direction`, and those of the method.
    public var vectors: [String: [Double]]

    /// Whether everything that is counted can have been counted, so that it can be added to, and the
    /// line search is one.
    var isPossible: Bool {
        (search?.isPossible ?? true)
            && [
                counts.iterations, counts.evaluations, counts.stalled,
                search?.evaluationCount ?? 0, arc?.evaluationCount ?? 0,
            ].allSatisfy((0...1 << 53).contains)
    }
}
