/// A run of parameters with settings of its own, such as biases without weight decay.
public struct ParameterGroup: Hashable, Sendable {
    /// Positions in the slab of all parameters.
    public var range: Range<Int>
    /// A factor on the learning rate.
    public var learningRateScale: Double
    /// The weight decay, or nil for that of the step.
    public var weightDecay: Double?

    /// Creates a group.
    ///
    /// - Parameters:
    ///   - range: Positions in the slab of all parameters.
    ///   - learningRateScale: A factor on the learning rate.
    ///   - weightDecay: The weight decay, or nil for that of the step.
    public init(range: Range<Int>, learningRateScale: Double = 1, weightDecay: Double? = nil) {
        self.range = range
        self.learningRateScale = learningRateScale
        self.weightDecay = weightDecay
    }

    /// The settings of a step for this group.
    func settings(_ step: StepSettings) -> StepSettings {
        var settings = step
        settings.learningRate *= learningRateScale
        if let weightDecay { settings.weightDecay = weightDecay }
        return settings
    }
}

extension Optimizer {
    /// Updates a slice of which some runs belong to groups; the rest has the step's own settings.
    ///
    /// - Parameters:
    ///   - slice: The parameters, gradients and slots.
    ///   - firstPosition: The position of the slice's first parameter in the slab of all
    ///     parameters, to which the ranges of the groups refer.
    ///   - groups: The groups, in ascending order without overlap; they may reach beyond the slice.
    ///   - step: The number of this step, and what is the same for all parameters.
    public func update(
        _ slice: ParameterSlice, at firstPosition: Int, groups: [ParameterGroup],
        _ step: StepSettings
    ) {
        let end = firstPosition + slice.count
        var position = firstPosition
        var lastBound = Int.min
        for group in groups {
            precondition(
                group.range.lowerBound >= lastBound,
                "parameter group \(group.range) begins before \(lastBound), the end of the last")
            lastBound = group.range.upperBound
            let part = group.range.clamped(to: position..<max(position, end))
            guard !part.isEmpty else { continue }
            update(slice[position - firstPosition..<part.lowerBound - firstPosition], step)
            update(
                slice[part.lowerBound - firstPosition..<part.upperBound - firstPosition],
                group.settings(step))
            position = part.upperBound
        }
        update(slice[position - firstPosition..<slice.count], step)
    }
}
