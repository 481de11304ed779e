/// An optimizer that scales the step of each tensor by the norms of the tensor and of its direction.
///
/// It works in two halves, since a norm is known only when all parts of the tensor were seen: all
/// slices are measured, then all are moved. `LayerwisePlan` does both for a slab of tensors.
public protocol LayerwiseOptimizer: Optimizer {
    /// Takes the gradients into what slots need them first, and measures; changes no parameter.
    ///
    /// - Parameters:
    ///   - slice: A part of a tensor.
    ///   - step: The settings of this step.
    /// - Returns: The sums of squares of the part, whose bits depend on the part alone.
    func measure(_ slice: ParameterSlice, _ step: StepSettings) -> TensorSquares

    /// The factor on the step of a tensor.
    ///
    /// - Parameters:
    ///   - parameterNorm: The norm of the tensor.
    ///   - directionNorm: The norm of what was measured beside it.
    ///   - step: The settings of this step.
    /// - Returns: The factor, 1 where one of the norms is 0.
    func trustRatio(
        parameterNorm: Double, directionNorm: Double, _ step: StepSettings
    ) -> Double

    /// Moves the parameters after they were measured; allocates nothing.
    ///
    /// - Parameters:
    ///   - slice: The part that was measured.
    ///   - trustRatio: The factor of its tensor.
    ///   - step: The settings of this step.
    func move(_ slice: ParameterSlice, trustRatio: Double, _ step: StepSettings)
}

extension LayerwiseOptimizer {
    /// Updates parameters whose step is not scaled by norms.
    public func update(_ slice: ParameterSlice, _ step: StepSettings) {
        _ = measure(slice, step)
        move(slice, trustRatio: 1, step)
    }
}

/// Sums of squares of a part of a tensor.
public struct TensorSquares: Hashable, Sendable {
    /// Of the parameters.
    public var parameters: Double
    /// Of the direction by which the optimizer scales.
    public var directions: Double

    /// Creates the sums.
    ///
    /// - Parameters:
    ///   - parameters: Of the parameters.
    ///   - directions: Of the directions.
    public init(parameters: Double, directions: Double) {
        self.parameters = parameters
        self.directions = directions
    }
}
