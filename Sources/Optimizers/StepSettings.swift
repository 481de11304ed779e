/// What one optimizer step needs besides the parameters.
public struct StepSettings: Hashable, Sendable {
    /// The number of the step, 1 for the first since the slots were zero.
    public var step: Int
    /// The learning rate of this step.
    public var learningRate: Double
    /// The weight decay; coupled to the gradient in all optimizers but AdamW, LAMB and Muon.
    public var weightDecay: Double
    /// A factor on every gradient as it is read: 1 / images, times the clip factor.
    public var gradientScale: Double

    /// Creates the settings of one step.
    ///
    /// - Parameters:
    ///   - step: The number of the step, 1 for the first.
    ///   - learningRate: The learning rate of this step.
    ///   - weightDecay: The weight decay.
    ///   - gradientScale: A factor on every gradient as it is read.
    public init(
        step: Int, learningRate: Double, weightDecay: Double = 0, gradientScale: Double = 1
    ) {
        precondition(step >= 1, "optimizer steps count from 1, got \(step)")
        self.step = step
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.gradientScale = gradientScale
    }
}
