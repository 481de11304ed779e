import ArgumentParser
import Diagnostics
import Training

/// `distrain train`, and `distrain` alone.
struct Train: TrainingCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a model (the default).",
        discussion: """
            Each option is also a key of the YAML file given by --config, with _ for -, as in
            `batch_size: 512`; an option wins over the file. What neither names comes from a recipe
            for the model on the data set.

            SIGUSR1, SIGUSR2 and SIGTERM make the run write a checkpoint after the running step and
            exit with 75, and so does the end of a Slurm job's time; with --resume auto it goes on to
            the same result. A second signal, two seconds later or more, ends it at once.

            EXAMPLES
              mpirun -n 8 distrain train
              mpirun -n 8 distrain train --dataset cifar10 --model resnet18 --epochs 30
              mpirun -n 8 distrain train --config run.yml --seed 2
              mpirun -n 2 distrain train --resume runs/cifar-net-cifar10
            """)
    static let takesStopSignals = true

    @OptionGroup var flags: TrainingFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let (request, fault) = try run.communicator.agreeing {
            let request = try flags.request(run.environment)
            return (request, try run.environment.givenFault.map(FaultRehearsal.init(parsing:)))
        }
        request.settings.apply(to: &run)
        try run.warn(LaunchWarning.all(run.environment))
        run.stopBeforeJobEnds()
        let observer = ProgressReporter(console: run.console, logger: run.logger)
        return try run.watching(hangTimeout: request.settings.hangTimeout) {
            fault?.begin(run.communicator)
            let result = try PreparedRun.open(request.overrides, communicator: run.communicator)
                .train(communicator: run.communicator, observer: observer, stop: run.stop)
            return result.end == .requeue ? request.settings.requeueCode : .success
        }
    }
}
