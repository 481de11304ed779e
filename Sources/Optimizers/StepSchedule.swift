import Diagnostics

/// A learning rate that is multiplied by `gamma` at certain epochs.
///
/// Epochs count from the beginning of the run, also after a warm-up, as in Goyal et al. 2017.
///
/// Source: `torch.optim.lr_scheduler.StepLR` and `MultiStepLR`.
public struct StepSchedule: Schedule {
    /// The name on the command line.
    public static let name = "step"

    private let rate: Double
    private let gamma: Double
    private let drops: RateDrops
    private let stepsPerEpoch: Int

    /// Takes `learningRate`, `drops`, `gamma` and `stepsPerEpoch`.
    public init(_ settings: ScheduleSettings) throws {
        rate = try checkedNonnegative(settings.learningRate, "learning_rate")
        gamma = try checkedNonnegative(settings.gamma, "gamma")
        drops = settings.drops
        stepsPerEpoch = settings.stepsPerEpoch
        precondition(stepsPerEpoch > 0, "an epoch of \(stepsPerEpoch) steps")
        if case .every(let epochs) = drops, epochs < 1 {
            throw Failure(.usage, in: "step_size", expected: "at least 1 epoch", found: "\(epochs)")
        }
    }

    /// The learning rate of a step.
    public func learningRate(step: Int, in steps: Range<Int>) -> Double {
        let epoch = max(0, min(step, steps.upperBound - 1)) / stepsPerEpoch
        let dropCount =
            switch drops {
            case .every(let epochs): epoch / epochs
            case .at(let epochs): epochs.count { $0 <= epoch }
            }
        return rate * power(gamma, dropCount)
    }
}
