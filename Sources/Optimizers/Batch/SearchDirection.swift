/// A rule that chooses in what direction to look for a smaller value, from the gradients seen so far.
///
/// What it remembers are named vectors of Double, which checkpoints hold.
public protocol SearchDirection: Sendable {
    /// The name on the command line, such as `lbfgs`.
    static var name: String { get }

    /// The share of the slope that the line search may leave.
    static var curvature: Double { get }

    /// Bytes that it remembers at most, on each rank.
    ///
    /// - Parameter parameterCount: The number of parameters.
    /// - Returns: The number of bytes.
    static func memoryByteCount(parameterCount: Int) -> Int

    /// Creates a rule that remembers nothing.
    ///
    /// - Parameter parameterCount: The number of parameters.
    init(parameterCount: Int)

    /// What it remembers: names and numbers of any length, nothing for a new rule.
    var memory: [String: [Double]] { get }

    /// Remembers what an equal rule did.
    ///
    /// - Parameter memory: As `memory` of that rule, for the same number of parameters.
    /// - Returns: Whether it is memory of such a rule; if not, nothing changed.
    mutating func restore(_ memory: [String: [Double]]) -> Bool

    /// Forgets everything, so that the next direction is that of steepest descent.
    mutating func forget()

    /// Whether it remembers nothing.
    var isFresh: Bool { get }

    /// Learns from a step that was made.
    ///
    /// - Parameters:
    ///   - step: The change of the parameters.
    ///   - gradientChange: The change of the gradient.
    mutating func learn(step: [Double], gradientChange: [Double])

    /// Chooses the direction.
    ///
    /// - Parameter gradient: The gradient where the next step begins.
    /// - Returns: The direction, which is not sure to lead downwards.
    mutating func direction(gradient: [Double]) -> [Double]

    /// The step along a direction to try first.
    ///
    /// - Parameters:
    ///   - slope: The slope in the direction.
    ///   - lastDecrease: By how much the value fell in the last step.
    /// - Returns: The step.
    func firstStep(slope: Double, lastDecrease: Double) -> Double
}

extension SearchDirection {
    /// The whole step, which is the right one for methods that know the curvature.
    public func firstStep(slope: Double, lastDecrease: Double) -> Double { 1 }
}
