/// Adam in layers: the step of each tensor is as long as its weights, times the rate.
///
/// With g the gradient, t the step and ‖·‖ the norm of a tensor:
///
///     mean   ← beta1 · mean + (1 − beta1) · g
///     square ← beta2 · square + (1 − beta2) · g²
///     direction = mean / (1 − beta1ᵗ) / (√(square / (1 − beta2ᵗ)) + epsilon)
///                 + weight decay · parameter
///     parameter ← parameter − rate · ‖weights‖ / ‖direction‖ · direction
///
/// The ratio of norms is 1 where one of them is zero, and for biases and the parameters of
/// normalisations, which do not decay either.
///
/// Defaults: beta1 0.9, beta2 0.999, epsilon 1e-6, weight decay 0.01.
///
/// Source: You et al. 2020, Large batch optimization for deep learning: training BERT in 76 minutes,
/// algorithm 2, with the identity for the function φ.
public struct LAMB: LayerwiseOptimizer {
    /// The name on the command line.
    public static let name = "lamb"
    /// The learning rate where the user gives none: steps of a thousandth of the weights.
    public static let defaultLearningRate = 1e-3
    /// The weight decay where the user gives none, as in the paper.
    public static let defaultWeightDecay = 1e-2
    /// The settings that it has.
    public static let settingNames = AdamMoments.settingNames

    private let moments: AdamMoments

    /// Takes `beta1`, `beta2` and `epsilon`.
    public init(_ settings: OptimizerSettings) throws {
        moments = try AdamMoments(settings, epsilon: 1e-6)
    }

    /// The mean and the mean square of the gradients.
    public var slotNames: [String] { AdamMoments.slotNames }

    /// Takes the gradients into the means, and measures parameters and directions.
    public func measure(_ slice: ParameterSlice, _ step: StepSettings) -> TensorSquares {
        let direction = Direction(moments, step)
        let scale = Float(step.gradientScale)
        let meanShare = Float(1 - moments.beta1)
        let squareDecay = Float(moments.beta2)
        let squareShare = Float(1 - moments.beta2)
        var (parameters, directions) = (SquareSum(), SquareSum())
        slice.forEachVector(slotCount: 2) { parameter, gradient, slots in
            let gradient = gradient * scale
            slots.first += (gradient - slots.first) * meanShare
            slots.second = slots.second * squareDecay + gradient * gradient * squareShare
            parameters.add(parameter)
            directions.add(direction.at(parameter, slots))
        }
        return TensorSquares(parameters: parameters.value, directions: directions.value)
    }

    /// The factor on the step of a tensor.
    public func trustRatio(
        parameterNorm: Double, directionNorm: Double, _ step: StepSettings
    ) -> Double {
        parameterNorm != 0 && directionNorm != 0 ? parameterNorm / directionNorm : 1
    }

    /// Moves a slice of the parameters.
    public func move(_ slice: ParameterSlice, trustRatio: Double, _ step: StepSettings) {
        let direction = Direction(moments, step)
        let rate = Float(step.learningRate * trustRatio)
        slice.forEachVector(slotCount: 2) { parameter, _, slots in
            parameter -= rate * direction.at(parameter, slots)
        }
    }

    /// The direction, which both halves of a step compute from the same slots to the same bits.
    private struct Direction {
        let meanCorrection: Float
        let rootCorrection: Float
        let epsilon: Float
        let decay: Float

        init(_ moments: AdamMoments, _ step: StepSettings) {
            meanCorrection = Float(1 / (1 - power(moments.beta1, step.step)))
            rootCorrection = Float(1 / (1 - power(moments.beta2, step.step)).squareRoot())
            epsilon = Float(moments.epsilon)
            decay = Float(step.weightDecay)
        }

        @inline(__always)
        func at(_ parameter: Vector, _ slots: SlotVectors) -> Vector {
            let divisor = slots.second.squareRoot() * rootCorrection + epsilon
            let scaled = slots.first * meanCorrection / divisor
            // Without epsilon, what never had a gradient would divide zero by zero.
            return scaled.replacing(with: 0, where: divisor .== 0) + parameter * decay
        }
    }
}
