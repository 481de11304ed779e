/// A contiguous run of parameters with their gradients and optimizer slots; a view, which owns
/// nothing.
public struct ParameterSlice {
    /// The parameters, [count], updated in place.
    public let parameters: UnsafeMutablePointer<Float>
    /// The gradients, [count], before `StepSettings.gradientScale`.
    public let gradients: UnsafePointer<Float>
    /// The first element of the first slot, or nil for an optimizer without slots.
    ///
    /// Slot k of this slice is the `count` numbers from `slots + k * slotStride`.
    public let slots: UnsafeMutablePointer<Float>?
    /// The distance between slots, at least `count`: with one slab for each slot behind each other,
    /// the length of a slab.
    public let slotStride: Int
    /// The number of parameters.
    public let count: Int

    /// Creates a view of parameters that lie in a row.
    ///
    /// - Parameters:
    ///   - parameters: The parameters, [count].
    ///   - gradients: The gradients, [count].
    ///   - slots: The first element of the first slot, or nil for an optimizer without slots.
    ///   - slotStride: The distance between slots, at least `count` where there is more than one.
    ///   - count: The number of parameters, at least 0.
    public init(
        parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        slots: UnsafeMutablePointer<Float>?, slotStride: Int, count: Int
    ) {
        precondition(count >= 0, "a slice of \(count) parameters")
        self.parameters = parameters
        self.gradients = gradients
        self.slots = slots
        self.slotStride = slotStride
        self.count = count
    }

    /// The view of some of the parameters.
    ///
    /// - Parameter range: Positions in this slice.
    public subscript(range: Range<Int>) -> ParameterSlice {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "parameters \(range) of a slice of \(count)")
        return ParameterSlice(
            parameters: parameters + range.lowerBound, gradients: gradients + range.lowerBound,
            slots: slots.map { $0 + range.lowerBound }, slotStride: slotStride, count: range.count)
    }
}
