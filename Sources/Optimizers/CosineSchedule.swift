/// A learning rate that falls along half a cosine wave to the final one.
///
/// At step t of T: final + (first − final) · (1 + cos(π · t / T)) / 2, so that the step after the
/// last would have the final rate.
///
/// Source: Loshchilov & Hutter 2017 without restarts; `torch.optim.lr_scheduler.CosineAnnealingLR`.
public struct CosineSchedule: Schedule {
    /// The name on the command line.
    public static let name = "cosine"

    private let first: Double
    private let last: Double

    /// Takes `learningRate` and `finalLearningRate`.
    public init(_ settings: ScheduleSettings) throws {
        first = try checkedNonnegative(settings.learningRate, "learning_rate")
        last = try checkedNonnegative(settings.finalLearningRate, "final_learning_rate")
    }

    /// The learning rate of a step.
    public func learningRate(step: Int, in steps: Range<Int>) -> Double {
        interpolate(first, last, at: progress(step, in: steps), .cosine)
    }
}
