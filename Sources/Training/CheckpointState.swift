/// How far a run has come, and what it has to remember on its way.
public struct RunProgress: Codable, Hashable, Sendable {
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

    enum CodingKeys: String, CodingKey {
        case step, epoch, seconds
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

/// What a checkpoint's `state.json` holds.
public struct CheckpointState: Codable, Hashable, Sendable {
    /// The version of the form of checkpoints.
    public static let currentFormat = 1

    /// The version of the form in which the checkpoint was written.
    public let format: Int
    /// How far the run has come.
    public let progress: RunProgress
    /// The configuration of the run.
    public let configuration: RunConfiguration
    /// The SHA-256 over all parameters and running statistics.
    public let parametersSHA256: String

    enum CodingKeys: String, CodingKey {
        case format, progress, configuration
        case parametersSHA256 = "parameters_sha256"
    }
}
