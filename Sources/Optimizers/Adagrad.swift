/// Adagrad: divides the gradient by the root of the sum of all its squares so far.
///
/// With g the gradient plus weight decay × parameter:
///
///     sum ← sum + g²
///     parameter ← parameter − rate · g / (√sum + epsilon)
///
/// Defaults: epsilon 1e-10. The sum starts at 0; a decay of the rate is a schedule's business.
///
/// Source: Duchi, Hazan & Singer 2011, diagonal form, with the order of operations of
/// `torch.optim.Adagrad`.
public struct Adagrad: Optimizer {
    /// The name on the command line.
    public static let name = "adagrad"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-2
    /// The settings that it has.
    public static let settingNames: [OptimizerSettings.Name] = [.epsilon]

    /// What is added to the divisor.
    public let epsilon: Double

    /// Takes `epsilon`.
    public init(_ settings: OptimizerSettings) throws {
        epsilon = try checkedEpsilon(settings.epsilon ?? 1e-10)
    }

    /// The sum of squares.
    public var slotNames: [String] { ["sum"] }

    /// Updates a slice of the parameters and its slots in place.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        let rate = Float(step.learningRate)
        let decay = Float(step.weightDecay)
        let scale = Float(step.gradientScale)
        let epsilon = Float(epsilon)
        slice.forEachVector(slotCount: 1) { parameter, gradient, slots in
            let gradient = gradient * scale + parameter * decay
            slots.first += gradient * gradient
            let divisor = slots.first.squareRoot() + epsilon
            // Without epsilon, what never had a gradient would divide zero by zero.
            parameter -= (rate * gradient / divisor).replacing(with: 0, where: divisor .== 0)
        }
    }
}
