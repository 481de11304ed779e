import Diagnostics
import Optimizers
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
        lines += [
            "evaluate: distrain evaluate --checkpoint \(folder)",
            "predict:  distrain predict --checkpoint \(folder) FILE…",
        ]
        if let more = Self.more(result, configuration) {
            lines.append("resume:   distrain train --resume \(folder)\(more)")
        }
        lines.append("parameters sha256:\(result.parametersSHA256)")
        text = lines.joined(separator: "\n")
    }

    /// The options with which a run goes on: one that has ended has to be given more to do.
    ///
    /// - Returns: The options, nil if there is no more to do.
    private static func more(
        _ result: TrainingResult, _ configuration: RunConfiguration
    ) -> String? {
        guard result.end != .requeue else { return "" }
        switch result.batch?.end {
        case .converged:
            return " --gradient-tolerance X, below \(configuration.gradientTolerance)"
        case .iterationLimit: return " --max-iterations N, above \(result.step)"
        case .noDecrease, .notFinite: return nil
        case nil: break
        }
        if let trees = configuration.trees {
            return configuration.canGrowMoreTrees ? " --trees N, above \(trees)" : nil
        }
        if configuration.maxSteps == result.step { return " --max-steps N, above \(result.step)" }
        guard result.end == .complete, configuration.mayChangeOnResume(.epochs) else { return nil }
        return " --epochs N, above \(configuration.epochs)"
    }

    private static func ending(_ result: TrainingResult) -> String {
        let unit = result.batch == nil ? "step" : "iteration"
        let length = "after \(result.step.counted(unit)) and \(result.seconds.secondsText)"
        return switch result.end {
        case .complete:
            "\(verb(result.batch?.end)) \(length)\(reason(result.batch?.end)); results: "
                + result.folder
        case .stoppedEarly:
            "stopped early \(length), as nothing improved; results: \(result.folder)"
        case .requeue: "checkpointed \(length), to be submitted again: \(result.folder)"
        }
    }

    private static func verb(_ end: BatchEnd?) -> String {
        end == .converged ? "converged" : "finished"
    }

    private static func reason(_ end: BatchEnd?) -> String {
        switch end {
        case .iterationLimit: ", the most allowed"
        case .noDecrease: ", as nothing decreases any more"
        case .converged, .notFinite, nil: ""
        }
    }
}
