import Diagnostics

/// The form of the way from one learning rate to another.
public enum AnnealingForm: String, Hashable, Sendable, Codable, CaseIterable {
    case cosine, linear
}

/// When the step schedule lowers the learning rate.
public enum RateDrops: Hashable, Sendable, Codable {
    /// After every so many epochs.
    case every(epochs: Int)
    /// At the beginning of these epochs, the first epoch of a run being 0, in any order.
    case at(epochs: [Int])
}

/// The settings of all schedules; each uses those that its description names.
public struct ScheduleSettings: Hashable, Sendable, Codable {
    /// The learning rate: the first of most schedules, the highest of one-cycle.
    public var learningRate: Double
    /// The learning rate at which cosine and linear end.
    public var finalLearningRate: Double
    /// The number of optimizer steps in an epoch, for schedules that count epochs.
    public var stepsPerEpoch: Int
    /// When the step schedule lowers the rate.
    public var drops: RateDrops
    /// The factor on the rate at each drop of the step schedule.
    public var gamma: Double
    /// The share of the steps in which one-cycle raises the rate, 0 … 1.
    public var risingShare: Double
    /// The highest rate of one-cycle over its first.
    public var initialDivisor: Double
    /// The first rate of one-cycle over its last.
    public var finalDivisor: Double
    /// The form of one-cycle's rise and fall.
    public var annealing: AnnealingForm
    /// The number of steps in which the rate rises linearly before the schedule begins.
    public var warmUpSteps: Int

    /// Creates settings; the defaults are PyTorch's where it has one.
    ///
    /// - Parameters:
    ///   - learningRate: The learning rate.
    ///   - finalLearningRate: The learning rate at which cosine and linear end.
    ///   - stepsPerEpoch: The number of optimizer steps in an epoch.
    ///   - drops: When the step schedule lowers the rate.
    ///   - gamma: The factor on the rate at each drop.
    ///   - risingShare: The share of the steps in which one-cycle raises the rate.
    ///   - initialDivisor: The highest rate of one-cycle over its first.
    ///   - finalDivisor: The first rate of one-cycle over its last.
    ///   - annealing: The form of one-cycle's rise and fall.
    ///   - warmUpSteps: The number of steps in which the rate rises before the schedule begins.
    public init(
        learningRate: Double, finalLearningRate: Double = 0, stepsPerEpoch: Int = 1,
        drops: RateDrops = .every(epochs: 30), gamma: Double = 0.1, risingShare: Double = 0.3,
        initialDivisor: Double = 25, finalDivisor: Double = 1e4,
        annealing: AnnealingForm = .cosine, warmUpSteps: Int = 0
    ) {
        self.learningRate = learningRate
        self.finalLearningRate = finalLearningRate
        self.stepsPerEpoch = stepsPerEpoch
        self.drops = drops
        self.gamma = gamma
        self.risingShare = risingShare
        self.initialDivisor = initialDivisor
        self.finalDivisor = finalDivisor
        self.annealing = annealing
        self.warmUpSteps = warmUpSteps
    }
}

/// A setting that was checked to be a finite number of at least 0.
func checkedNonnegative(_ value: Double, _ name: String) throws -> Double {
    guard value >= 0 && value.isFinite else {
        throw Failure(.usage, in: name, expected: "a number of at least 0", found: "\(value)")
    }
    return value
}

/// A setting that was checked to be a finite number above 0.
func checkedPositive(_ value: Double, _ name: String) throws -> Double {
    guard value > 0 && value.isFinite else {
        throw Failure(.usage, in: name, expected: "a number above 0", found: "\(value)")
    }
    return value
}
