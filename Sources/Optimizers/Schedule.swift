import Foundation

/// The learning rate as a function of the step; it has no state, so a resumed run goes on exactly.
public protocol Schedule: Sendable {
    /// The name on the command line, such as `cosine`.
    static var name: String { get }

    /// Creates a schedule.
    ///
    /// - Parameter settings: The learning rate and the form of its course.
    /// - Throws: `Failure` (usage) that names the setting that is out of its range.
    init(_ settings: ScheduleSettings) throws

    /// The learning rate of a step.
    ///
    /// - Parameters:
    ///   - step: The number of the step, 0 for the first of the run; steps beyond the end have the
    ///     rate at the end.
    ///   - steps: The steps over which the schedule runs: all, or those after the warm-up.
    /// - Returns: The learning rate.
    func learningRate(step: Int, in steps: Range<Int>) -> Double
}

extension Schedule {
    /// The learning rate of a step of a run.
    ///
    /// - Parameters:
    ///   - step: The number of the step, 0 for the first.
    ///   - totalSteps: The number of steps of the whole run.
    /// - Returns: The learning rate.
    public func learningRate(step: Int, totalSteps: Int) -> Double {
        learningRate(step: step, in: 0..<max(0, totalSteps))
    }
}

/// How much of a range of steps lies before a step, 0 … 1.
func progress(_ step: Int, in steps: Range<Int>) -> Double {
    min(1, Double(max(0, step - steps.lowerBound)) / Double(max(1, steps.count)))
}

/// A way from one value to another.
func interpolate(_ first: Double, _ last: Double, at share: Double, _ form: AnnealingForm) -> Double
{
    switch form {
    case .linear: first + (last - first) * share
    case .cosine: last + (first - last) / 2 * (1 + cos(.pi * share))
    }
}
