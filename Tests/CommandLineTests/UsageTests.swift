import Testing

/// What the command line refuses, and how.
struct UsageTests {
    /// A command line, and all that it writes to standard error.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let arguments: String
        let message: String
        var testDescription: String { arguments }
    }

    /// Mistakes that are found before anything is read, all with exit code 64.
    static let mistakes = [
        Mistake(
            arguments: "trian",
            message: "trian: no such subcommand, expected one of train, evaluate, predict, export, "
                + "verify, bisect, bench, doctor, data, help; did you mean train?\n"),
        Mistake(
            arguments: "--epochz 3",
            message: """
                Error: Unknown option '--epochz'. Did you mean '--epochs'?
                Usage: distrain train <options>
                  See 'distrain train --help' for more information.

                """),
        Mistake(
            arguments: "train --epochs",
            message: """
                Error: Missing value for '--epochs <n>'
                Help:  --epochs <n>  Passes over the training images.
                Usage: distrain train <options>
                  See 'distrain train --help' for more information.

                """),
        Mistake(
            arguments: "train --epochs three",
            message: "--epochs: \"three\", expected a whole number\n"),
        Mistake(arguments: "train --epochs 0", message: "--epochs: 0, expected at least 1\n"),
        Mistake(
            arguments: "train --learning-rate -1",
            message: "--learning-rate: -1.0, expected above 0\n"),
        Mistake(
            arguments: "train --dataset cifr10",
            message: "--dataset: \"cifr10\", expected one of auto, cifar10, mnist, fashion-mnist, "
                + "builtin, csv:FILE; did you mean cifar10?\n"),
        Mistake(
            arguments: "train --dataset builtin --microbatch 64 --batch-size 32",
            message: "--microbatch: 64, expected at most the 32 images of a batch; lower it or "
                + "raise --batch-size\n"),
        Mistake(
            arguments: "train --augment flip,rotate:200",
            message: "--augment: \"rotate:200\", expected rotate:DEGREES[:FILL]; DEGREES is "
                + "LOW..HIGH from -180 to 180, or X for -X to X\n"),
        Mistake(
            arguments: "train --dataset builtin --augment crop:40",
            message: "--augment: crop:40, expected a padding of at most 31 for 32×32×3\n"),
        Mistake(
            arguments: "train --dataset builtin --loss soft-f1 --augment flip,mixup:0.2",
            message: "--augment: flip,mixup:0.2, expected nothing that mixes images, as soft-f1 "
                + "is no sum over images; leave it out or use another --loss\n"),
        Mistake(
            arguments: "train --dataset builtin --loss soft-f1 --augment cutmix",
            message: "--augment: cutmix, expected nothing that mixes images, as soft-f1 is no sum "
                + "over images; leave it out or use another --loss\n"),
        Mistake(
            arguments: "train --preprocess blur:0.1..2",
            message: "--preprocess: \"blur:0.1..2\", expected blur:SIGMA; SIGMA is a number from "
                + "0.05 to 100\n"),
        Mistake(
            arguments: "train --dataset builtin --preprocess center-crop:40",
            message: "--preprocess: center-crop:40x40, expected at most 32x32 for 32×32×3\n"),
        Mistake(
            arguments: "data preview --count 0 --output sheet.png",
            message: "--count: 0, expected 1 to 1,024\n"),
        Mistake(
            arguments: "bench loader --augment flip,,crop",
            message: "--augment: \"flip,,crop\", expected names with commas between them\n"),
        Mistake(
            arguments: "train --max-time soon",
            message: "--max-time: \"soon\", expected a time such as 2h30m, 45m or 90s\n"),
        Mistake(
            arguments: "train --on-nan go",
            message: "--on-nan: \"go\", expected one of stop, skip\n"),
        Mistake(
            arguments: "train --blas-threads 0",
            message: "--blas-threads: \"0\", expected a whole number from 1 to 1,024\n"),
        Mistake(
            arguments: "train --requeue-code 300",
            message: "--requeue-code: \"300\", expected a whole number from 1 to 255\n"),
        Mistake(
            arguments: "train --log-level loud",
            message: "--log-level: \"loud\", expected one of trace, debug, info, notice, warning, "
                + "error, critical\n"),
        Mistake(
            arguments: "bench kernels --seconds 0",
            message: "--seconds: 0.0, expected above 0, at most 3600\n"),
        Mistake(
            arguments: "bench kernels --second 1",
            message: """
                Error: Unknown option '--second'. Did you mean '--seconds'?
                Usage: distrain bench kernels [--filter <text>] [--seconds <x>] [--errors] \
                [--json] [--blas-threads <n>] [--log-level <name>] [--hang-timeout <time>]
                  See 'distrain bench kernels --help' for more information.

                """),
        Mistake(
            arguments: "bench kernels --filter sofmax",
            message: "--filter: \"sofmax\", expected a part of a line of the table; the kernels "
                + "are product A·B, product Aᵀ·B, convolution forward, convolution image gradient, "
                + "convolution filter gradient, convolution both gradients, filter transform, "
                + "batch norm moments, batch norm normalise, batch norm gradient sums, batch norm "
                + "gradient, activation, activation gradient, addition, sum of rows, softmax, max "
                + "pooling, max pooling gradient, optimizer update, optimizer products\n"),
        Mistake(
            arguments: "bench kernels --errors --seconds 1",
            message: "--seconds: given, expected none, as --errors measures no time; leave one of "
                + "the two out\n"),
        Mistake(
            arguments: "bench kernels --errors --filter conv9",
            message: "--filter: \"conv9\", expected a part of a line of the table\n"),
        Mistake(
            arguments: "verify run --steps 8-4",
            message: "--steps: \"8-4\", expected steps such as 300-390 or 300\n"),
        Mistake(
            arguments: "verify run --ranks some",
            message: "--ranks: \"some\", expected any or a whole number of at least 1\n"),
        Mistake(
            arguments: "bisect run",
            message: """
                Error: Missing expected argument '<other>'
                Help:  <other>  Another.
                Usage: distrain bisect <run> <other>
                  See 'distrain bisect --help' for more information.

                """),
        Mistake(
            arguments: "data info cifr10",
            message:
                "--dataset: unknown data set \"cifr10\", expected one of auto, cifar10, mnist, "
                + "fashion-mnist, builtin, csv:FILE; did you mean cifar10?\n"),
        Mistake(
            arguments: "data info csv:t.csv --column-types name=text",
            message: "--column-types: \"name=text\", expected COLUMN=TYPE, type one of numeric, "
                + "category, ignored\n"),
        Mistake(
            arguments: "bench table t.csv --repetitions 0",
            message: "--repetitions: 0, expected at least 1\n"),
    ]

    @Test(arguments: mistakes) func mistakesAreExplained(_ mistake: Mistake) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                mistake.arguments.split(separator: " ").map(String.init), in: folder)
            #expect(run.output == "")
            #expect(run.errors == mistake.message)
            #expect(run.exitCode == 64)
        }
    }

    @Test(
        .enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"),
        arguments: [2, 3])
    func aMistakeIsExplainedOnceOnManyRanks(rankCount: Int) throws {
        try withTemporaryFolder { folder in
            for mistake in [Self.mistakes[1], Self.mistakes[4]] {
                let run = try ProgramProcess(
                    mistake.arguments.split(separator: " ").map(String.init), rankCount: rankCount,
                    in: folder)
                #expect(run.output == "")
                #expect(run.errors == mistake.message)
                #expect(run.exitCode == 64)
            }
        }
    }

    /// Contents of a configuration file, and the message without the file's path.
    static let files = [
        ("epochs: 3\nepochz: 3\n", ", line 2: epochz: unknown key; did you mean epochs?\n"),
        ("epochs: many\n", ", line 1: epochs: \"many\", expected a whole number\n"),
        (
            "learning_rate:\n  first: 1\n",
            ", line 1: learning_rate: something nested, expected a plain value or a list of plain "
                + "values\n"
        ),
        ("- epochs\n", ": no mapping, expected one `key: value` a line\n"),
    ]

    @Test(arguments: files) func aConfigurationFileIsChecked(text: String, message: String) throws {
        try withTemporaryFolder { folder in
            try folder.write(text, to: "run.yml")
            let run = try ProgramProcess(["train", "--config", "run.yml"], in: folder)
            #expect(run.output == "")
            #expect(run.errors == "run.yml" + message)
            #expect(run.exitCode == 64)
        }
    }

    @Test func aMissingConfigurationFileIsNamed() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["--config", "run.yml"], in: folder)
            #expect(
                run.errors
                    == "run.yml: no such file; give the path of a YAML file to --config\n")
            #expect(run.exitCode == 66)
        }
    }
}
