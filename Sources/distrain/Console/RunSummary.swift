import Diagnostics
import Training

/// What is said at the end of a run; the last line is for programs.
struct RunSummary {
    /// The lines.
    let text: String

    /// Collects what is to be said.
    ///
    /// - Parameters:
    ///   - result: What the run came to.
    ///   - configuration: What the run was.
    init(_ result: TrainingResult, configuration: RunConfiguration) {
        let folder = result.folder
        var lines = [Self.ending(result)]
        if let validation = result.validation {
            let accuracy = validation.accuracy.map { "val_accuracy \($0.percent), " } ?? ""
            lines.append(accuracy + "val_loss \(validation.loss.fixed(4))")
        }
        // A run that has ended goes on only where it is given more to do.
        let moreSteps =
            configuration.maxSteps == result.step ? " --max-steps N, above \(result.step)" : ""
        lines += [
            "evaluate: distrain evaluate --checkpoint \(folder)",
            "predict:  distrain predict --checkpoint \(folder) FILE…",
            "resume:   distrain train --resume \(folder)" + moreSteps,
            "parameters sha256:\(result.parametersSHA256)",
        ]
        text = lines.joined(separator: "\n")
    }

    private static func ending(_ result: TrainingResult) -> String {
        let length = "after \(result.step.counted("step")) and \(result.seconds.secondsText)"
        return switch result.end {
        case .complete: "finished \(length); results: \(result.folder)"
        case .stoppedEarly:
            "stopped early \(length), as nothing improved; results: \(result.folder)"
        case .requeue: "checkpointed \(length), to be submitted again: \(result.folder)"
        }
    }
}
