import Diagnostics

/// Stochastic gradient descent, plain, with momentum, or with Nesterov's momentum.
///
/// With g the gradient plus weight decay × parameter:
///
///     buffer ← momentum · buffer + g
///     parameter ← parameter − rate · buffer                       momentum
///     parameter ← parameter − rate · (g + momentum · buffer)      Nesterov
///     parameter ← parameter − rate · g                            plain
///
/// Defaults: momentum 0, not Nesterov. Dampening is 0.
///
/// Source: `torch.optim.SGD`. The rate multiplies the buffer, not the gradient as in
/// Sutskever et al. 2013, so that a changed rate acts at once.
public struct SGD: Optimizer {
    /// The name on the command line.
    public static let name = "sgd"
    /// The learning rate where the user gives none.
    public static let defaultLearningRate = 1e-3
    /// The settings that it has.
    public static let settingNames: [OptimizerSettings.Name] = [.momentum, .nesterov]

    /// The share of the last direction that is kept, 0 for none.
    public let momentum: Double
    /// Whether momentum is Nesterov's.
    public let isNesterov: Bool

    /// Takes `momentum` and `nesterov`.
    public init(_ settings: OptimizerSettings) throws {
        momentum = try checkedDecay(settings.momentum ?? 0, .momentum)
        isNesterov = settings.nesterov ?? false
        guard !isNesterov || momentum > 0 else {
            throw Failure(
                .usage, in: "nesterov", expected: "a momentum above 0", found: "momentum 0",
                fix: "give a momentum, 0.9 is usual")
        }
    }

    /// The mean direction, if there is momentum.
    public var slotNames: [String] { momentum > 0 ? ["momentum_buffer"] : [] }

    /// Updates a slice of the parameters and its slots in place.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        let rate = Float(step.learningRate)
        let decay = Float(step.weightDecay)
        let scale = Float(step.gradientScale)
        let momentum = Float(momentum)
        guard momentum > 0 else {
            slice.forEachVector(slotCount: 0) { parameter, gradient, _ in
                parameter -= rate * (gradient * scale + parameter * decay)
            }
            return
        }
        if isNesterov {
            slice.forEachVector(slotCount: 1) { parameter, gradient, slots in
                let gradient = gradient * scale + parameter * decay
                slots.first = slots.first * momentum + gradient
                parameter -= rate * (gradient + slots.first * momentum)
            }
        } else {
            slice.forEachVector(slotCount: 1) { parameter, gradient, slots in
                let gradient = gradient * scale + parameter * decay
                slots.first = slots.first * momentum + gradient
                parameter -= rate * slots.first
            }
        }
    }
}
