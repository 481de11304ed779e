/// A schedule after some steps in which the learning rate rises to the schedule's first.
///
/// Step t of W has (t + 1) / (W + 1) of that rate, so that no step is wasted at 0 and step W,
/// the schedule's own first, continues the line.
///
/// Source: Goyal et al. 2017, gradual warm-up.
public struct WarmUp: Sendable {
    /// The schedule that follows the warm-up.
    public let schedule: any Schedule
    /// The number of steps of the warm-up, at least 0.
    public let steps: Int

    /// Puts a warm-up before a schedule.
    ///
    /// - Parameters:
    ///   - schedule: The schedule that follows, over the remaining steps.
    ///   - steps: The number of steps of the warm-up, at least 0.
    public init(_ schedule: any Schedule, steps: Int) {
        precondition(steps >= 0, "a warm-up of \(steps) steps")
        self.schedule = schedule
        self.steps = steps
    }

    /// The learning rate of a step of a run.
    ///
    /// - Parameters:
    ///   - step: The number of the step, 0 for the first; steps beyond the end have the rate at the
    ///     end.
    ///   - totalSteps: The number of steps of the whole run, with the warm-up.
    /// - Returns: The learning rate.
    public func learningRate(step: Int, totalSteps: Int) -> Double {
        let remaining = steps..<max(steps, totalSteps)
        if step >= steps { return schedule.learningRate(step: step, in: remaining) }
        let first = schedule.learningRate(step: steps, in: remaining)
        return first * Double(step + 1) / Double(steps + 1)
    }
}
