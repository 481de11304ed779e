import Diagnostics

/// A learning rate that rises to the given one and then falls far below where it began.
///
/// It begins at rate / `initialDivisor`, reaches the rate after `risingShare` of the steps, and has
/// rate / `initialDivisor` / `finalDivisor` at the last step. Momentum is left as it is, which in
/// PyTorch is `cycle_momentum=False`.
///
/// Source: Smith & Topin 2018; `torch.optim.lr_scheduler.OneCycleLR` of two phases.
public struct OneCycleSchedule: Schedule {
    /// The name on the command line.
    public static let name = "onecycle"

    private let highest: Double
    private let first: Double
    private let last: Double
    private let risingShare: Double
    private let form: AnnealingForm

    /// Takes `learningRate`, `risingShare`, `initialDivisor`, `finalDivisor`, `annealing`.
    public init(_ settings: ScheduleSettings) throws {
        highest = try checkedNonnegative(settings.learningRate, "learning_rate")
        first = try highest / checkedPositive(settings.initialDivisor, "initial_divisor")
        last = try first / checkedPositive(settings.finalDivisor, "final_divisor")
        risingShare = settings.risingShare
        form = settings.annealing
        guard risingShare >= 0 && risingShare <= 1 else {
            throw Failure(.usage, in: "rising_share", expected: "0 to 1", found: "\(risingShare)")
        }
    }

    /// The learning rate of a step.
    public func learningRate(step: Int, in steps: Range<Int>) -> Double {
        // No step is left where a warm-up takes all; it rises to where the cycle would begin.
        guard !steps.isEmpty else { return first }
        let count = Double(steps.count)
        let position = Double(max(0, min(step - steps.lowerBound, steps.count - 1)))
        let top = risingShare * count - 1
        if position <= top {
            // A rise that is over at its first step is at its top.
            return interpolate(first, highest, at: top > 0 ? position / top : 1, form)
        }
        let fall = count - 1 - top
        return interpolate(highest, last, at: fall > 0 ? (position - top) / fall : 1, form)
    }
}
