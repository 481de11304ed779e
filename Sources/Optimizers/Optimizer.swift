/// A rule that turns gradients into new parameters, one element at a time.
///
/// An optimizer is its settings only. What it remembers from step to step lies in named slots, one
/// number for each parameter, which the caller owns, zeroes before the first step and stores in
/// checkpoints. As no element depends on another, any cutting of the parameters into slices gives
/// the same bits; each rank may update its own slice. A `LayerwiseOptimizer` scales the steps of whole
/// tensors besides, and a `MatrixOptimizer` moves some of them as matrices.
public protocol Optimizer: Sendable {
    /// The name on the command line, such as `adamw`.
    static var name: String { get }

    /// The learning rate for which the optimizer is known to work, PyTorch's default.
    static var defaultLearningRate: Double { get }

    /// The weight decay where the user gives none, PyTorch's default.
    static var defaultWeightDecay: Double { get }

    /// The settings that the optimizer has; all others are refused.
    static var settingNames: [OptimizerSettings.Name] { get }

    /// Creates an optimizer, with its own defaults for settings that are not given.
    ///
    /// - Parameter settings: The settings given by the user.
    /// - Throws: `Failure` (usage) that names the setting that is out of its range.
    init(_ settings: OptimizerSettings) throws

    /// The names of the slots, in their order in memory; PyTorch's names for the same state.
    var slotNames: [String] { get }

    /// Updates a slice of the parameters and its slots in place; allocates nothing.
    ///
    /// - Parameters:
    ///   - slice: The parameters, gradients and slots, of the same length.
    ///   - step: The number of this step, and what is the same for all parameters.
    func update(_ slice: ParameterSlice, _ step: StepSettings)
}

extension Optimizer {
    /// No weight decay, as in all of PyTorch's optimizers but AdamW.
    public static var defaultWeightDecay: Double { 0 }
}
