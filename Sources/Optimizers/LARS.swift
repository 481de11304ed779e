import Diagnostics

/// Layer-wise adaptive rate scaling: momentum, with each tensor's rate in proportion to the norm of its
/// weights over that of its gradient.
///
/// With g the gradient and ‖·‖ the norm of a tensor:
///
///     ratio  = trust coefficient · ‖weights‖ / (‖g‖ + weight decay · ‖weights‖ + epsilon)
///     buffer ← momentum · buffer + rate · ratio · (g + weight decay · parameter)
///     parameter ← parameter − buffer
///
/// The ratio is 1 where the weights or the gradient are zero, and for biases and the parameters of
/// normalisations, which do not decay either. Unlike SGD's, the buffer holds steps and not gradients,
/// as in the paper: a changed rate acts on new gradients only.
///
/// Defaults: momentum 0.9, trust coefficient 0.001, epsilon 1e-8, weight decay 5e-4.
///
/// Source: You, Gitman & Ginsburg 2017, Large batch training of convolutional networks, algorithm 1.
/// Epsilon is not in the paper.
public struct LARS: LayerwiseOptimizer {
    /// The name on the command line.
    public static let name = "lars"
    /// The learning rate where the user gives none: with the ratio, steps of a thousandth of the
    /// weights.
    public static let defaultLearningRate = 1.0
    /// The weight decay where the user gives none, as in the paper.
    public static let defaultWeightDecay = 5e-4
    /// The settings that it has.
    public static let settingNames: [OptimizerSettings.Name] =
        [.momentum, .trustCoefficient, .epsilon]

    /// The share of the last step that is kept.
    public let momentum: Double
    /// The share of the norm of the weights that a step of rate 1 has.
    public let trustCoefficient: Double
    /// What is added to the divisor of the ratio.
    public let epsilon: Double

    /// Takes `momentum`, `trustCoefficient` and `epsilon`.
    public init(_ settings: OptimizerSettings) throws {
        momentum = try checkedDecay(settings.momentum ?? 0.9, .momentum)
        trustCoefficient = try checkedCoefficient(settings.trustCoefficient ?? 1e-3)
        epsilon = try checkedEpsilon(settings.epsilon ?? 1e-8)
    }

    /// The last step.
    public var slotNames: [String] { ["momentum_buffer"] }

    /// Measures parameters and gradients.
    public func measure(_ slice: ParameterSlice, _ step: StepSettings) -> TensorSquares {
        let scale = Float(step.gradientScale)
        var (parameters, gradients) = (SquareSum(), SquareSum())
        slice.forEachVector(slotCount: 0) { parameter, gradient, _ in
            parameters.add(parameter)
            gradients.add(gradient * scale)
        }
        return TensorSquares(parameters: parameters.value, directions: gradients.value)
    }

    /// The factor on the step of a tensor.
    public func trustRatio(
        parameterNorm: Double, directionNorm: Double, _ step: StepSettings
    ) -> Double {
        guard parameterNorm != 0 && directionNorm != 0 else { return 1 }
        return trustCoefficient * parameterNorm
            / (directionNorm + step.weightDecay * parameterNorm + epsilon)
    }

    /// Moves a slice of the parameters.
    public func move(_ slice: ParameterSlice, trustRatio: Double, _ step: StepSettings) {
        let rate = Float(step.learningRate * trustRatio)
        let decay = Float(step.weightDecay)
        let scale = Float(step.gradientScale)
        let momentum = Float(momentum)
        slice.forEachVector(slotCount: 1) { parameter, gradient, slots in
            let gradient = gradient * scale + parameter * decay
            slots.first = slots.first * momentum + rate * gradient
            parameter -= slots.first
        }
    }
}

/// A trust coefficient that was checked to be a number above 0.
private func checkedCoefficient(_ value: Double) throws -> Double {
    guard value > 0 && value.isFinite else {
        throw Failure(
            .usage, in: OptimizerSettings.Name.trustCoefficient.rawValue, expected: "above 0",
            found: "\(value)")
    }
    return value
}
