/// Adam with weight decay that shrinks the parameter itself and stays out of the running means.
///
/// As ``Adam`` with the plain gradient, after
///
///     parameter ← parameter · (1 − rate · weight decay)
///
/// Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8, weight decay 0.01.
///
/// Source: Loshchilov & Hutter 2019, algorithm 2, in the form of `torch.optim.AdamW`, in which the
/// decay is multiplied by the learning rate.
public struct AdamW: Optimizer {
    /// The name on the command line.
    public static let name = "adamw"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-3
    /// The weight decay where the user gives none.
    public static let defaultWeightDecay = 1e-2
    /// The settings that it has.
    public static let settingNames = AdamMoments.settingNames

    private let moments: AdamMoments

    /// Takes `beta1`, `beta2` and `epsilon`.
    public init(_ settings: OptimizerSettings) throws { moments = try AdamMoments(settings) }

    /// The mean and the mean square of the gradients.
    public var slotNames: [String] { AdamMoments.slotNames }

    /// Updates a slice of the parameters and its slots in place.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        moments.update(
            slice, step, coupledDecay: 0, shrinkage: step.learningRate * step.weightDecay)
    }
}
