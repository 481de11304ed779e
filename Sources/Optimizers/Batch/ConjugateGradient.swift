/// The nonlinear conjugate gradient method of Polak and Ribière, with the factor kept from below 0.
///
/// With g the gradient and d the direction, of this step and the last:
///
///     factor    = max(0, g · (g − last g) / (last g · last g))
///     direction = −g + factor · last d
///
/// It begins anew, with steepest descent, where that is no clear descent: −g · d < 0.01 · g · g. The
/// first step to try is that which would bring the decrease of the last step on a parabola.
///
/// Source: Nocedal & Wright, Numerical Optimization, 2nd ed., (5.44), (5.45) and (3.60).
public struct ConjugateGradient: SearchDirection {
    /// The name on the command line.
    public static let name = "cg"
    /// Lines are searched more exactly than for the methods that know the curvature.
    public static let curvature = 0.2

    private let count: Int
    private var lastGradient: [Double] = []
    private var lastDirection: [Double] = []

    /// Creates a rule that remembers nothing.
    public init(parameterCount: Int) { count = parameterCount }

    /// Two vectors.
    public static func memoryByteCount(parameterCount: Int) -> Int { 16 * parameterCount }

    /// The last gradient and direction.
    public var memory: [String: [Double]] {
        isFresh ? [:] : ["last_gradient": lastGradient, "last_direction": lastDirection]
    }

    /// Takes the last gradient and direction.
    public mutating func restore(_ memory: [String: [Double]]) -> Bool {
        guard let gradient = memory["last_gradient"], let direction = memory["last_direction"],
            memory.count == 2, gradient.count == count, direction.count == count
        else { return memory.isEmpty }
        (lastGradient, lastDirection) = (gradient, direction)
        return true
    }

    /// Forgets the last gradient and direction.
    public mutating func forget() { (lastGradient, lastDirection) = ([], []) }

    /// Whether the next direction is that of steepest descent.
    public var isFresh: Bool { lastGradient.isEmpty }

    /// Nothing is to be learnt: the gradients themselves are enough.
    public mutating func learn(step: [Double], gradientChange: [Double]) {}

    /// Chooses the direction.
    public mutating func direction(gradient: [Double]) -> [Double] {
        var direction = gradient.map(-)
        let square = dot(gradient, gradient)
        if !isFresh {
            let factor = (square - dot(gradient, lastGradient)) / dot(lastGradient, lastGradient)
            if factor > 0 && factor.isFinite { add(factor, lastDirection, to: &direction) }
            if !(-dot(gradient, direction) >= 0.01 * square) { direction = gradient.map(-) }
        }
        (lastGradient, lastDirection) = (gradient, direction)
        return direction
    }

    /// The step that would bring the decrease of the last one on a parabola.
    public func firstStep(slope: Double, lastDecrease: Double) -> Double {
        let step = -2 * lastDecrease / slope
        return step > 0 && step.isFinite ? step : 1
    }
}
