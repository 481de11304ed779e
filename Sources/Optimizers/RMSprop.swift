/// RMSprop: divides the gradient by the root of its running mean square.
///
/// With g the gradient plus weight decay × parameter:
///
///     square ← alpha · square + (1 − alpha) · g²
///     mean   ← alpha · mean + (1 − alpha) · g                     centered only
///     scaled = g / (√square + epsilon)                            or, centered,
///     scaled = g / (√max(0, square − mean²) + epsilon)
///     parameter ← parameter − rate · scaled                       or, with momentum,
///     buffer ← momentum · buffer + scaled;  parameter ← parameter − rate · buffer
///
/// Defaults: alpha 0.99, epsilon 1e-8, momentum 0, not centered.
///
/// Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; centered: Graves 2013;
/// order of operations of `torch.optim.RMSprop`. It departs from there in the maximum with 0,
/// without which rounding can take the root of a negative number.
public struct RMSprop: Optimizer {
    /// The name on the command line.
    public static let name = "rmsprop"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-2
    /// The settings that it has.
    public static let settingNames: [OptimizerSettings.Name] =
        [.alpha, .epsilon, .momentum, .centered]

    /// The decay of the running means.
    public let alpha: Double
    /// What is added to the divisor.
    public let epsilon: Double
    /// The share of the last direction that is kept, 0 for none.
    public let momentum: Double
    /// Whether the mean gradient is taken out of the mean square.
    public let isCentered: Bool

    /// Takes `alpha`, `epsilon`, `momentum` and `centered`.
    public init(_ settings: OptimizerSettings) throws {
        alpha = try checkedDecay(settings.alpha ?? 0.99, .alpha)
        epsilon = try checkedEpsilon(settings.epsilon ?? 1e-8)
        momentum = try checkedDecay(settings.momentum ?? 0, .momentum)
        isCentered = settings.centered ?? false
    }

    /// The mean square, then the momentum and the mean where they are used.
    public var slotNames: [String] {
        ["square_avg"] + (momentum > 0 ? ["momentum_buffer"] : [])
            + (isCentered ? ["grad_avg"] : [])
    }

    /// Updates a slice of the parameters and its slots in place.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        let scaling = Scaling(self, step)
        let rate = Float(step.learningRate)
        let momentum = Float(momentum)
        switch (isCentered, momentum > 0) {
        case (false, false):
            slice.forEachVector(slotCount: 1) { parameter, gradient, slots in
                parameter -= rate * scaling.scaled(gradient, parameter, &slots.first)
            }
        case (false, true):
            slice.forEachVector(slotCount: 2) { parameter, gradient, slots in
                let scaled = scaling.scaled(gradient, parameter, &slots.first)
                slots.second = slots.second * momentum + scaled
                parameter -= rate * slots.second
            }
        case (true, false):
            slice.forEachVector(slotCount: 2) { parameter, gradient, slots in
                parameter -=
                    rate * scaling.centered(gradient, parameter, &slots.first, &slots.second)
            }
        case (true, true):
            slice.forEachVector(slotCount: 3) { parameter, gradient, slots in
                let scaled = scaling.centered(
                    gradient, parameter, &slots.first, &slots.third)
                slots.second = slots.second * momentum + scaled
                parameter -= rate * slots.second
            }
        }
    }
}

/// The division of gradients by their running deviation.
private struct Scaling {
    private let gradientScale: Float
    private let weightDecay: Float
    private let alpha: Float
    private let share: Float
    private let epsilon: Float

    init(_ optimizer: RMSprop, _ step: StepSettings) {
        gradientScale = Float(step.gradientScale)
        weightDecay = Float(step.weightDecay)
        alpha = Float(optimizer.alpha)
        share = Float(1 - optimizer.alpha)
        epsilon = Float(optimizer.epsilon)
    }

    @inline(__always)
    func scaled(_ gradient: Vector, _ parameter: Vector, _ square: inout Vector) -> Vector {
        let gradient = gradient * gradientScale + parameter * weightDecay
        square = square * alpha + gradient * gradient * share
        return quotient(gradient, square)
    }

    @inline(__always)
    func centered(
        _ gradient: Vector, _ parameter: Vector, _ square: inout Vector, _ mean: inout Vector
    ) -> Vector {
        let gradient = gradient * gradientScale + parameter * weightDecay
        square = square * alpha + gradient * gradient * share
        mean += (gradient - mean) * share
        var variance = square - mean * mean
        variance.replace(with: 0, where: variance .< 0)
        return quotient(gradient, variance)
    }

    @inline(__always)
    private func quotient(_ gradient: Vector, _ square: Vector) -> Vector {
        let divisor = square.squareRoot() + epsilon
        // Without epsilon, what never had a gradient would divide zero by zero.
        return (gradient / divisor).replacing(with: 0, where: divisor .== 0)
    }
}
