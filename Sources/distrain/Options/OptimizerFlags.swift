import ArgumentParser
import Optimizers
import Training

/// The loss, the optimizer and the course of the learning rate.
struct OptimizerFlags: ConfigurationFlags {
    @Option(
        help: ArgumentHelp(
            "The optimizer: \(OptimizerCatalog.names.joined(separator: ", ")); or, with line searches "
                + "on all samples, \(BatchOptimizerCatalog.names.joined(separator: ", ")).",
            valueName: "name"))
    var optimizer: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The learning rate; the highest one of onecycle.", valueName: "x"))
    var learningRate: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Momentum of sgd, rmsprop, lars and muon.", valueName: "x"))
    var momentum: String?

    @Flag(inversion: .prefixedNo, help: "Nesterov's momentum.")
    var nesterov: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Decay of the mean of gradients in adam, adamw, lamb and muon.", valueName: "x"))
    var beta1: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Decay of the mean of squared gradients in adam, adamw, lamb and muon.",
            valueName: "x"))
    var beta2: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What an adaptive optimizer adds to its divisor.", valueName: "x"))
    var epsilon: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Decay of the mean of squared gradients in rmsprop.", valueName: "x"))
    var alpha: String?

    @Flag(inversion: .prefixedNo, help: "rmsprop divides by the deviation from the mean gradient.")
    var centered: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of a tensor's norm that a step of lars has at a rate of 1.", valueName: "x"))
    var trustCoefficient: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Weight decay; coupled to the gradient except in adamw, lamb and muon.",
            valueName: "x"))
    var weightDecay: String?

    @Option(
        help: ArgumentHelp(
            "The course of the learning rate: "
                + "\(ScheduleCatalog.names.joined(separator: ", ")).",
            valueName: "name"))
    var schedule: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Epochs in which the rate rises before the schedule begins.", valueName: "x"))
    var warmupEpochs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Where cosine and linear end.", valueName: "x"))
    var finalLearningRate: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Epochs between the drops of step.", valueName: "n"))
    var dropEpochs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The factor on the rate at each drop of step.", valueName: "x"))
    var gamma: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of the steps in which onecycle rises.", valueName: "x"))
    var risingShare: String?

    @Option(
        help: ArgumentHelp(
            "The loss: \(Self.lossNames.joined(separator: ", ")).", valueName: "name"))
    var loss: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Adds x times the sum of the weights' absolute values to the mean loss; biases are "
                + "left out.", valueName: "x"))
    var l1Penalty: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Adds x/2 times the sum of the weights' squares to the mean loss; biases are left "
                + "out.", valueName: "x"))
    var l2Penalty: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Share of the target spread over all classes.", valueName: "x"))
    var labelSmoothing: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The highest norm of the mean gradient.", valueName: "x"))
    var gradientClip: String?

    @Option(
        help: ArgumentHelp(
            "What is done about a step whose loss or gradient is NaN or infinite: stop ends the run, "
                + "skip lets the step change nothing, \(BadNumberPolicy.longestRow) times in a row "
                + "at most.",
            valueName: "stop|skip"))
    var onNan: String?

    private static let lossNames = LossName.allCases.map(\.rawValue)
}
