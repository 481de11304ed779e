import Metrics
import Optimizers

/// What a run is, told when it begins.
public struct RunStart: Sendable {
    /// The resolved configuration.
    public let configuration: RunConfiguration
    /// The number of ranks.
    public let rankCount: Int
    /// The number of hosts.
    public let hostCount: Int
    /// The number of parameters.
    public let parameterCount: Int
    /// The number of training images.
    public let trainingImageCount: Int
    /// The number of validation images.
    public let validationImageCount: Int
    /// Images of a step; all of them for a batch optimizer.
    public let batchSize: Int
    /// The optimizer steps of an epoch.
    public let stepsPerEpoch: Int
    /// The steps after which the run will end at the latest.
    public let totalSteps: Int
    /// The steps that an earlier part of the run has made, 0 for a new run.
    public let resumedStep: Int
    /// The checkpoint from which the run goes on, nil for a new run.
    public let resumedFrom: String?
    /// Bytes of memory for activations, parameters and reduction on this rank.
    public let memoryByteCount: Int
}

/// What one optimizer step did.
public struct StepReport: Sendable {
    /// The steps made since the beginning of the run.
    public let step: Int
    /// The running epoch, from 1.
    public let epoch: Int
    /// The steps made in this epoch.
    public let stepInEpoch: Int
    /// The mean loss of the step's images.
    public let loss: Double
    /// The fraction of the step's images that were classified rightly.
    public let accuracy: Double
    /// The L2 norm of the mean gradient, before clipping.
    public let gradientNorm: Double
    /// The learning rate of the step.
    public let learningRate: Double
    /// The images of the step over all ranks.
    public let imageCount: Int
    /// Images a second over all ranks, since the last logged step.
    public let imagesPerSecond: Double
    /// Whether the step changed nothing, as its loss or gradient was NaN or infinite.
    public let isSkipped: Bool
}

/// What a level of a growing tree came to.
public struct LevelReport: Sendable {
    /// The levels grown since the beginning of the run.
    public let step: Int
    /// The growing tree, from 1.
    public let tree: Int
    /// The depth of its deepest nodes; 0 for a root alone.
    public let depth: Int
    /// The nodes of the tree so far.
    public let nodeCount: Int
}

/// What an epoch came to.
public struct EpochReport: Sendable {
    /// The epoch that ended, from 1.
    public let epoch: Int
    /// The steps made since the beginning of the run.
    public let step: Int
    /// The mean loss of the epoch's training images, each taken when it was used.
    public let trainLoss: Double
    /// The fraction of training images classified rightly, each taken when it was used.
    public let trainAccuracy: Double
    /// What was measured on the validation images.
    public let validation: EvaluationResult
    /// Seconds of training and validation.
    public let seconds: Double
    /// Training images a second over all ranks, without the validation.
    public let imagesPerSecond: Double
    /// Whether the monitored value is the best so far.
    public let isBest: Bool
}

/// What a run came to.
public struct TrainingResult: Sendable {
    /// Why a run ended.
    public enum End: String, Sendable {
        /// All epochs or steps are done.
        case complete
        /// The monitored value did not improve any more.
        case stoppedEarly
        /// A checkpoint was written and the run is to be submitted again: exit code 75.
        case requeue
    }

    /// Why the run ended.
    public let end: End
    /// The steps made since the beginning of the run.
    public let step: Int
    /// The validation of the final parameters; nil for a run to be submitted again.
    public let validation: EvaluationResult?
    /// The SHA-256 over all parameters and running statistics, in hexadecimal digits.
    public let parametersSHA256: String
    /// Seconds since the beginning of the run, all its parts together.
    public let seconds: Double
    /// The run directory.
    public let folder: String
    /// How far a batch optimizer has come; nil for other optimizers.
    public var batch: BatchCounts?
}

/// Whoever shows how a run goes; called on rank 0 alone, between steps.
public protocol TrainingObserver: AnyObject {
    /// The run is about to make its first step.
    ///
    /// - Parameter start: What the run is.
    func runStarted(_ start: RunStart)
    /// A step was made; called at every step.
    ///
    /// - Parameter report: What it did.
    func stepFinished(_ report: StepReport)
    /// A level of a tree has grown; called at every level.
    ///
    /// - Parameter report: What it came to.
    func levelFinished(_ report: LevelReport)
    /// An epoch with its validation is over; a tree is one.
    ///
    /// - Parameter report: What it came to.
    func epochFinished(_ report: EpochReport)
    /// A checkpoint was written.
    ///
    /// - Parameters:
    ///   - path: Its folder.
    ///   - step: The steps it holds.
    func checkpointWritten(_ path: String, step: Int)
    /// Something went wrong that the run can do without.
    ///
    /// - Parameter text: One line.
    func warned(_ text: String)
    /// The run is over.
    ///
    /// - Parameter result: What it came to.
    func runFinished(_ result: TrainingResult)
}

/// Observers need to write only what they show.
extension TrainingObserver {
    /// Shows nothing.
    public func runStarted(_ start: RunStart) {}
    /// Shows nothing.
    public func stepFinished(_ report: StepReport) {}
    /// Shows nothing.
    public func levelFinished(_ report: LevelReport) {}
    /// Shows nothing.
    public func epochFinished(_ report: EpochReport) {}
    /// Shows nothing.
    public func checkpointWritten(_ path: String, step: Int) {}
    /// Shows nothing.
    public func warned(_ text: String) {}
    /// Shows nothing.
    public func runFinished(_ result: TrainingResult) {}
}
