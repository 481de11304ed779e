/// The same learning rate at every step.
public struct ConstantSchedule: Schedule {
    /// The name on the command line.
    public static let name = "constant"

    private let rate: Double

    /// Takes `learningRate`.
    public init(_ settings: ScheduleSettings) throws {
        rate = try checkedNonnegative(settings.learningRate, "learning_rate")
    }

    /// The learning rate of a step.
    public func learningRate(step: Int, in steps: Range<Int>) -> Double { rate }
}
