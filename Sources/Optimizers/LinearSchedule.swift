/// A learning rate that changes in a straight line to the final one.
///
/// At step t of T: first + (final − first) · t / T, so that the step after the last would have the
/// final rate.
///
/// Source: `torch.optim.lr_scheduler.LinearLR` from factor 1.
public struct LinearSchedule: Schedule {
    /// The name on the command line.
    public static let name = "linear"

    private let first: Double
    private let last: Double

    /// Takes `learningRate` and `finalLearningRate`.
    public init(_ settings: ScheduleSettings) throws {
        first = try checkedNonnegative(settings.learningRate, "learning_rate")
        last = try checkedNonnegative(settings.finalLearningRate, "final_learning_rate")
    }

    /// The learning rate of a step.
    public func learningRate(step: Int, in steps: Range<Int>) -> Double {
        interpolate(first, last, at: progress(step, in: steps), .linear)
    }
}
