import ArgumentParser

/// The program: its subcommands and what `--help` says of it.
struct Distrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distrain",
        abstract: "Trains models of images and tables on CPUs, to the same bits on any number "
            + "of ranks.",
        discussion: """
            Without a subcommand it trains. Under mpirun the images of a step are divided among the
            ranks; the result does not depend on their number.

            EXAMPLES
              mpirun -n 8 distrain                       train with the defaults
              mpirun -n 8 distrain --dataset cifar10 --model resnet18 --epochs 30
              distrain evaluate --checkpoint runs/NAME   measure what was trained
              mpirun -n 8 distrain doctor                find what is wrong with a launch
              distrain help train                        all options of a subcommand

            ENVIRONMENT
              DISTRAIN_DATA      the folder with the data sets' files
              DISTRAIN_VECTORS   baseline, v3 or v4: vector kernels for less than the processor can
                                 do, where all ranks have to compute the same bits on unlike hosts

            EXIT CODES
              0 done, 64 usage, 65 bad data, 66 input missing, 70 internal, 74 input or output,
              75 checkpointed and to be resubmitted, 76 NaN or infinity, 77 bad launch
            """,
        version: ProgramRun.version,
        subcommands: [
            Train.self, Evaluate.self, Predict.self, Export.self, Verify.self, Bisect.self,
            Bench.self, Doctor.self, DataCommands.self,
        ])
}
