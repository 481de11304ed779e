/// Momentum, orthogonalized: for hidden layers; everything else moves as by ``AdamW``.
///
/// A step moves a layer's weights about equally far in all the directions in which the mean gradient
/// moves them at all, however steep it is there.
///
/// With g the gradient of a matrix of m rows and n columns, and NS `NewtonSchulz`:
///
///     mean ← momentum · mean + (1 − momentum) · g
///     direction = momentum · mean + (1 − momentum) · g      Nesterov
///     direction = mean                                      otherwise
///     parameter ← parameter · (1 − rate · weight decay) − rate · 0.2 · √max(m, n) · NS(direction)
///
/// The elements of such a step are as large on average as those that AdamW makes, therefore one rate
/// and one decay serve for both. Filters are matrices of [outputs, inputs · height · width]. Biases, the
/// parameters of normalisations and the output layer's weights are no matrices here; a network of one
/// layer has none.
///
/// Defaults: momentum 0.95, Nesterov, weight decay 0.1; beta1 0.9, beta2 0.999 and epsilon 1e-8 for the
/// others.
///
/// Sources: Jordan et al. 2024, Muon: an optimizer for hidden layers in neural networks; Liu et al. 2025,
/// Muon is scalable for LLM training, for the factor 0.2 · √max(m, n); `torch.optim.Muon` with
/// `adjust_lr_fn="match_rms_adamw"`, which iterates in bfloat16 where this does in float32.
public struct Muon: MatrixOptimizer {
    /// The name on the command line.
    public static let name = "muon"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-3
    /// The weight decay where the user gives none.
    public static let defaultWeightDecay = 0.1
    /// The settings that it has.
    public static let settingNames = [.momentum, .nesterov] + AdamW.settingNames

    /// The share of the mean gradient that is kept.
    public let momentum: Double
    /// Whether momentum is Nesterov's.
    public let isNesterov: Bool
    /// What moves everything that is no matrix.
    private let others: AdamW

    /// Takes `momentum` and `nesterov`, and `beta1`, `beta2` and `epsilon` for what is no matrix.
    public init(_ settings: OptimizerSettings) throws {
        momentum = try checkedDecay(settings.momentum ?? 0.95, .momentum)
        isNesterov = settings.nesterov ?? true
        others = try AdamW(settings)
    }

    /// The mean of the gradients, and their mean square, which stays 0 for matrices.
    public var slotNames: [String] { others.slotNames }

    /// Updates parameters that are no matrix.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        others.update(slice, step)
    }

    /// A direction and what orthogonalizes it.
    public func scratchCount(_ shape: MatrixShape) -> Int {
        shape.count + NewtonSchulz.scratchCount(shape)
    }

    /// Those of the products of matrices.
    public func multiplicationCount(_ shape: MatrixShape) -> Int {
        NewtonSchulz.multiplicationCount(shape)
    }

    /// Updates a matrix and its slots in place.
    public func update(
        _ matrix: ParameterSlice, _ shape: MatrixShape, _ step: StepSettings,
        scratch: UnsafeMutablePointer<Float>
    ) {
        guard let means = matrix.slots else {
            preconditionFailure("an optimizer with \(slotNames.count) slots was given none")
        }
        let scale = Float(step.gradientScale)
        let share = Float(1 - momentum)
        let kept = Float(1 - step.learningRate * step.weightDecay)
        matrix.forEachVector(slotCount: 1) { parameter, gradient, slots in
            slots.first += (gradient * scale - slots.first) * share
            parameter *= kept
        }
        // Nesterov's direction moves from the gradient to the mean, as torch.lerp does.
        let meanShare = Float(isNesterov ? momentum : 1)
        let direction = scratch
        for index in 0..<shape.count {
            let gradient = matrix.gradients[index] * scale
            direction[index] = gradient + (means[index] - gradient) * meanShare
        }
        let rate = step.learningRate * 0.2 * Double(shape.longSide).squareRoot()
        NewtonSchulz.addOrthogonalized(
            direction, shape, factor: -rate, to: matrix.parameters, scratch: scratch + shape.count)
    }
}
