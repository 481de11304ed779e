import Communication
import Diagnostics
import Layers

/// What is to be done about a step whose loss or gradient is NaN or infinite.
public enum BadNumberPolicy: String, Sendable, Codable, ConfigurationChoice {
    /// The run ends.
    case stop
    /// The step changes nothing, and the run goes on.
    case skip

    /// As many steps in a row may be skipped; the last of them ends the run.
    public static let longestRow = 10
}

/// The first number of a step that is NaN or infinite, the same on every rank.
struct BadNumbers: Hashable, Sendable {
    /// Where it is and what, as in `the gradient of fc.weight is NaN`.
    let description: String

    /// Looks for it: in the gradients' sum in the order of the layout, then in the loss.
    ///
    /// - Parameters:
    ///   - gradients: The sum over all microbatches.
    ///   - layout: Where each parameter's gradient lies.
    ///   - lossSum: The sum of the images' losses.
    init?(gradients: UnsafePointer<Float>, layout: ParameterLayout, lossSum: Float) {
        for parameter in layout.parameters {
            guard let place = parameter.range.first(where: { !gradients[$0].isFinite }) else {
                continue
            }
            description = "the gradient of \(parameter.name) is \(Self.name(gradients[place]))"
            return
        }
        if lossSum.isFinite { return nil }
        description = "the loss is \(Self.name(lossSum))"
    }

    private static func name(_ value: Float) -> String { value.isNaN ? "NaN" : "infinite" }

    /// Ends the run on all ranks; every rank has to call it.
    ///
    /// - Parameters:
    ///   - step: The number of the step.
    ///   - skippedInARow: The steps in a row that were skipped, with this one; 0 if it was not.
    ///   - communicator: The ranks of the run.
    ///   - checkpoints: The checkpoints, on rank 0.
    /// - Throws: `AgreedFailure` with `badNumbers`.
    func endRun(
        atStep step: Int, skippedInARow: Int, communicator: any Communicator,
        checkpoints: CheckpointWriter?
    ) throws {
        let saved = try communicator.fromRankZero {
            checkpoints?.finish()
            return checkpoints?.lastStep
        }
        let (found, fix) =
            skippedInARow > 0
            ? (
                "\(description), and \(skippedInARow) steps in a row were skipped",
                "lower --learning-rate or set --gradient-clip"
            )
            : (
                description,
                "lower --learning-rate, set --gradient-clip, or go on without such steps by "
                    + "--on-nan skip"
            )
        try communicator.agree(
            on: Failure(
                .badNumbers, in: "step \(step)", found: found,
                fix: fix + "; "
                    + (saved.map { "the checkpoint of step \($0) is good" }
                        ?? "there is no checkpoint yet")))
    }
}
