import ArgumentParser

/// How long a run lasts, and how much it takes at a time.
struct LengthFlags: ConfigurationFlags {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Passes over the training images.", valueName: "n"))
    var epochs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Optimizer steps after which the run ends; schedules do not depend on it.",
            valueName: "n"))
    var maxSteps: String?

    @Option(
        help: ArgumentHelp(
            "Time after which the run writes a checkpoint and exits with 75, as in 2h30m.",
            valueName: "time"))
    var maxTime: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Iterations after which cg, bfgs and lbfgs end at the latest.", valueName: "n"))
    var maxIterations: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "cg, bfgs and lbfgs end where no element of the gradient is larger.", valueName: "x"))
    var gradientTolerance: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Images of an optimizer step over all ranks.", valueName: "n"))
    var batchSize: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Images that one rank takes at a time; a batch is divided into microbatches. "
                + "Results depend on it, but not on the number of ranks.", valueName: "n"))
    var microbatch: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Epochs without improvement of the monitored value after which the run ends.",
            valueName: "n"))
    var earlyStoppingPatience: String?

    @Option(
        help: ArgumentHelp(
            "What epochs are compared by: val_loss, val_accuracy or val_ and another metric.",
            valueName: "name"))
    var monitor: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What all random numbers are computed from.", valueName: "n"))
    var seed: String?
}
