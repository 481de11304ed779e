import ArgumentParser

/// `distrain bench`: measurements of speed.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures speed.",
        discussion: """
            EXAMPLES
              mpirun -n 2 distrain bench step --model resnet18 --batch-size 128
              distrain bench kernels --filter winograd
              mpirun -n 2 distrain bench allreduce
              mpirun -n 2 distrain bench table train.csv
              mpirun -n 2 distrain bench loader --augment rotate:15,brightness:0.2
            """,
        subcommands: [
            BenchStep.self, BenchKernels.self, BenchAllreduce.self, BenchTable.self,
            BenchLoader.self,
        ])
}
