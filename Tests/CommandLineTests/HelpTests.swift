import Testing
import Training

/// What `--help` and `--version` print.
struct HelpTests {
    @Test func theProgramIntroducesItself() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["--help"], in: folder)
            #expect(
                run.output == """
                    OVERVIEW: Trains models of images and tables on CPUs, to the same bits on any \
                    number of ranks.

                    Without a subcommand it trains. Under mpirun the images of a step are divided \
                    among the
                    ranks; the result does not depend on their number.

                    EXAMPLES
                      mpirun -n 8 distrain                       train with the defaults
                      mpirun -n 8 distrain --dataset cifar10 --model resnet18 --epochs 30
                      distrain evaluate --checkpoint runs/NAME   measure what was trained
                      mpirun -n 8 distrain doctor                find what is wrong with a launch
                      distrain help train                        all options of a subcommand

                    ENVIRONMENT
                      DISTRAIN_DATA      the folder with the data sets' files
                      DISTRAIN_VECTORS   baseline, v3 or v4: vector kernels for less than the \
                    processor can
                                         do, where all ranks have to compute the same bits on \
                    unlike hosts

                    EXIT CODES
                      0 done, 64 usage, 65 bad data, 66 input missing, 70 internal, 74 input or \
                    output,
                      75 checkpointed and to be resubmitted, 76 NaN or infinity, 77 bad launch

                    USAGE: distrain <subcommand>

                    OPTIONS:
                      --version               Show the version.
                      -h, --help              Show help information.

                    SUBCOMMANDS:
                      train                   Trains a model (the default).
                      evaluate                Measures a trained model on test samples.
                      predict                 Tells the classes or values of the samples of files.
                      export                  Writes a trained model for other programs.
                      verify                  Computes steps of a run again and compares every bit.
                      bisect                  Finds the first step at which two runs part.
                      bench                   Measures speed.
                      doctor                  Finds what is wrong with a launch, and how to put it \
                    right.
                      data                    Brings, checks and describes data sets.

                      See 'distrain help <subcommand>' for detailed help.

                    """)
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
        }
    }

    @Test(
        arguments: [
            "train", "evaluate", "predict", "export", "verify", "bisect", "doctor", "bench",
            "bench step", "bench allreduce", "bench table", "bench loader",
            "bench kernels", "data", "data fetch", "data verify", "data info", "data split",
            "data preview",
        ])
    func everySubcommandHasExamples(name: String) throws {
        try withTemporaryFolder { folder in
            let words = name.split(separator: " ").map(String.init)
            let run = try ProgramProcess(words + ["--help"], in: folder)
            #expect(run.output.contains("\nEXAMPLES\n"))
            #expect(run.output.contains("\nUSAGE: distrain \(name)"))
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
            let other = try ProgramProcess(["help"] + words, in: folder)
            #expect(other.output == run.output)
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
    func oneRankAnswersForAll() throws {
        try withTemporaryFolder { folder in
            let alone = try ProgramProcess(["train", "--help"], in: folder)
            let ranks = try ProgramProcess(["train", "--help"], rankCount: 3, in: folder)
            #expect(ranks.output == alone.output)
            #expect(ranks.errors == "")
            #expect(ranks.exitCode == 0)
        }
    }

    @Test func everyKeyOfAConfigurationIsAFlag() throws {
        try withTemporaryFolder { folder in
            let help = try ProgramProcess(["train", "--help"], in: folder).output
            for key in ConfigurationKey.allCases {
                let isListed = [" <", "/--no-"].contains { help.contains("  \(key.flag)\($0)") }
                #expect(isListed, "\(key.flag)")
            }
        }
    }
}
