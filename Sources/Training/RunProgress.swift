import Datasets
import Diagnostics

/// How far a run has come, and what it has to remember on its way.
public struct RunProgress: Codable, Hashable, Sendable {
    /// The steps that a run can have: more than any machine makes, and few enough to add to.
    static let stepRange = 0...(1 << 53)

    /// The optimizer steps made.
    public var step = 0
    /// The running epoch, from 0.
    public var epoch = 0
    /// The steps made in the running epoch; all of them if only its validation is left to do.
    public var stepInEpoch = 0
    /// The sum of the losses of the running epoch's images so far.
    public var epochLossSum = 0.0
    /// The number of the running epoch's images classified rightly so far.
    public var epochCorrectCount = 0
    /// The number of the running epoch's images so far.
    public var epochImageCount = 0
    /// Seconds of training in the running epoch so far.
    public var epochSeconds = 0.0
    /// The best monitored value.
    public var bestValue: Double?
    /// The steps that had been made when the best value was reached.
    public var bestStep: Int?
    /// Epochs since the best value.
    public var epochsWithoutImprovement = 0
    /// Seconds since the run's beginning, all its parts together.
    public var seconds = 0.0
    /// The steps that changed nothing, as their numbers were bad; nil if there were none.
    public var skipped: SkippedSteps?

    enum CodingKeys: String, CodingKey {
        case step, epoch, seconds, skipped
        case stepInEpoch = "step_in_epoch"
        case epochLossSum = "epoch_loss_sum"
        case epochCorrectCount = "epoch_correct_count"
        case epochImageCount = "epoch_image_count"
        case epochSeconds = "epoch_seconds"
        case bestValue = "best_value"
        case bestStep = "best_step"
        case epochsWithoutImprovement = "epochs_without_improvement"
    }
}

/// The steps of a run that changed nothing, as their loss or gradient was NaN or infinite.
public struct SkippedSteps: Codable, Hashable, Sendable {
    /// All of them.
    public var count = 0
    /// Those since the last step that was not skipped.
    public var inARow = 0

    enum CodingKeys: String, CodingKey {
        case count
        case inARow = "in_a_row"
    }
}

extension RunProgress {
    /// The steps that changed the parameters: those that were not skipped.
    var updateCount: Int { step - (skipped?.count ?? 0) }

    /// Checks progress that was read from a file.
    ///
    /// - Parameters:
    ///   - sampler: Cuts the run's epochs into steps.
    ///   - path: The file, for messages.
    /// - Throws: `Failure` with `badData` if no run of these steps can have come so far.
    func check(_ sampler: Sampler, path: String) throws {
        let counts = [
            step, epoch, stepInEpoch, epochCorrectCount, epochImageCount, epochsWithoutImprovement,
            bestStep ?? 0, skipped?.count ?? 0, skipped?.inARow ?? 0,
        ]
        let position = Sampler.Position(epoch: max(0, epoch), step: max(0, stepInEpoch))
        // After the last step of an epoch its validation may be left to do.
        let isPosition =
            counts.allSatisfy(Self.stepRange.contains) && stepInEpoch <= sampler.stepsPerEpoch
            && epoch <= Self.stepRange.upperBound / sampler.stepsPerEpoch
            && sampler.steps(before: position) == step && skipped?.count ?? 0 <= step
        guard isPosition, [epochLossSum, epochSeconds, seconds].allSatisfy(\.isFinite) else {
            throw Failure(
                .badData, in: path,
                expected: "a place in epochs of \(sampler.stepsPerEpoch.grouped) steps",
                found: "step \(step), which is \(stepInEpoch) of epoch \(epoch)",
                fix: "go on with another checkpoint")
        }
    }

    /// Checks progress of growing trees that was read from a file.
    ///
    /// - Parameters:
    ///   - treeCount: The trees that have grown up.
    ///   - isGrowing: Whether another one has begun.
    ///   - path: The file, for messages.
    /// - Throws: `Failure` with `badData` if no run with these trees can have come so far.
    func check(treeCount: Int, isGrowing: Bool, path: String) throws {
        let isPosition =
            Self.stepRange.contains(step) && (0...step).contains(stepInEpoch)
            && (bestStep.map((0...step).contains) ?? true) && epoch == treeCount
            && isGrowing == (stepInEpoch > 0)
        guard isPosition, [epochSeconds, seconds].allSatisfy(\.isFinite) else {
            throw Failure(
                .badData, in: path, expected: "a place after \(treeCount) whole trees",
                found: "step \(step), which is level \(stepInEpoch) of tree \(epoch)",
                fix: "go on with another checkpoint")
        }
    }

    /// Counts a step; the images of a skipped one count for nothing.
    mutating func endStep(_ outcome: StepOutcome, seconds: Double) {
        step += 1
        stepInEpoch += 1
        epochSeconds += seconds
        guard outcome.badNumbers == nil else {
            let earlier = skipped ?? SkippedSteps()
            skipped = SkippedSteps(count: earlier.count + 1, inARow: earlier.inARow + 1)
            return
        }
        skipped?.inARow = 0
        epochLossSum += outcome.lossSum
        epochCorrectCount += outcome.correctCount
        epochImageCount += outcome.imageCount
    }

    /// Goes to the next epoch.
    ///
    /// - Parameters:
    ///   - value: The monitored value.
    ///   - isBest: Whether it is the best so far.
    mutating func endEpoch(_ value: Double, isBest: Bool) {
        epoch += 1
        stepInEpoch = 0
        epochLossSum = 0
        epochCorrectCount = 0
        epochImageCount = 0
        epochSeconds = 0
        epochsWithoutImprovement = isBest ? 0 : epochsWithoutImprovement + 1
        if isBest {
            bestValue = value
            bestStep = step
        }
    }
}
