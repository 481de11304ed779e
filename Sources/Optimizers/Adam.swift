/// Adam: steps along the mean gradient, divided by the root of the mean squared gradient.
///
/// With g the gradient plus weight decay × parameter, t the step:
///
///     mean   ← beta1 · mean + (1 − beta1) · g
///     square ← beta2 · square + (1 − beta2) · g²
///     parameter ← parameter − rate / (1 − beta1ᵗ) · mean / (√square / √(1 − beta2ᵗ) + epsilon)
///
/// Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8.
///
/// Source: Kingma & Ba 2015, algorithm 1, with the order of operations of `torch.optim.Adam`.
public struct Adam: Optimizer {
    /// The name on the command line.
    public static let name = "adam"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-3
    /// The settings that it has.
    public static let settingNames = AdamMoments.settingNames

    private let moments: AdamMoments

    /// Takes `beta1`, `beta2` and `epsilon`.
    public init(_ settings: OptimizerSettings) throws { moments = try AdamMoments(settings) }

    /// The mean and the mean square of the gradients.
    public var slotNames: [String] { AdamMoments.slotNames }

    /// Updates a slice of the parameters and its slots in place.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        moments.update(slice, step, coupledDecay: step.weightDecay, shrinkage: 0)
    }
}
