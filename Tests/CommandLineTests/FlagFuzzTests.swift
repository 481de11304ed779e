import Diagnostics
import Foundation
import Mutation
import Testing
import Training
import distrain

/// Mutated command lines, configuration files and environments, as far as the plan of the training
/// and the memory that it needs.
@Suite struct FlagFuzzTests {
    private static let values = [
        "auto", "cifar10", "mnist", "builtin", "resnet18", "mnist-cnn", "sgd", "rmsprop",
        "onecycle",
        "step", "crop:4:reflect", "crop:9999999999", "flip", "none", "val_loss", "1epoch",
        "500steps",
        "9223372036854775807steps", "2h30m", "999999999d", "{epoch:02}-{val_accuracy:.2f}",
        "{step:020}", "mean-squared-error", "mpi", "never", "4:",
    ]

    /// A word a line.
    private static let commands = [
        "train --dataset builtin --model cifar-net --epochs 3 --batch-size 128 --microbatch 32",
        "--optimizer sgd --learning-rate 0.1 --momentum=0.9 --nesterov --schedule step --gamma 0.5",
        "train --warmup-epochs 1.5 --schedule onecycle --rising-share 0.3 --epochs 9 --seed 7",
        "doctor --augment crop:4,flip --checkpoint-every 500steps --keep 3 --max-time 2h30m",
        "train --checkpoint-name {epoch:02}-{val_loss:.3f} --metrics none --monitor val_loss",
        "train --optimizer adamw --beta1 0.9 --weight-decay 1e-4 --loader-threads 2 --on-nan skip",
        "train --log-level debug --hang-timeout 90s --blas-threads 1 --sentinel-every 5 --drop-epochs 2",
        "predict --checkpoint run a.bin --json", "bench step --model speednet --steps 3",
        "bench allreduce --bytes 4 8 --repetitions 3", "verify run --steps 3-9 --ranks 2",
        "bench kernels --seconds 0.5", "data info builtin --data x", "export --format onnx -h",
    ].map { Array($0.replacing(" ", with: "\n").utf8) }

    /// Reads a command line as the program does, and plans what it asks for.
    private func plan(_ words: [String], _ environment: LaunchEnvironment) throws {
        switch Request(words) {
        case .usageError(let message):
            #expect(message.utf8.count < 3_000)
            throw Failure(
                .usage, in: "command line",
                found: String(message.prefix(40).prefix { !$0.isNewline }))
        case .command(let command as any TrainingCommand):
            try plan(command.flags.request(environment).overrides)
        case .command, .text: break
        }
    }

    private func plan(_ overrides: RunConfigurationOverrides) throws {
        for rankCount in [1, 3] {
            let needs = try TrainingNeeds(overrides, rankCount: rankCount)
            #expect(needs.hostByteCount > 0 && needs.ownRankByteCount > 0)
        }
    }

    @Test func flags() throws {
        var campaign = try Campaign(
            "flags", corpus: Self.commands,
            dictionary: ConfigurationKey.allCases.flatMap { ["\n\($0.flag)\n", $0.flag + "="] }
                + Self.values, count: 500, exitCodes: [.usage, .missingInput, .badLaunch])
        let environment = LaunchEnvironment([:])
        try campaign.run { _, bytes in
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            try plan(words.map(String.init), environment)
        }
    }

    @Test func configurationFiles() throws {
        let corpus = [
            """
            # A run.
            dataset: builtin
            model: resnet18
            epochs: 30
            batch_size: 512
            weight_decay: 5e-4
            augment: [crop:4, flip]
            nesterov: true
            log_level: "info"
            """, "{epochs: 3, 'model': \"cifar-net\"}\n", "a: &x 1\nb: *x\n", "seed: 1",
            "keep: |\n  3\ndata: >-\n  x\n  y\n",
        ]
        var campaign = try Campaign(
            "yaml", corpus: corpus.map { Array($0.utf8) },
            dictionary: ConfigurationKey.allCases.map { "\n\($0.rawValue): " } + Self.values,
            count: 500, exitCodes: [.usage, .badLaunch])
        try campaign.run { path, _ in try plan(ConfigurationFile(path: path).overrides) }
    }

    @Test func environments() throws {
        let corpus = [
            "OMPI_COMM_WORLD_SIZE=2\nOMPI_COMM_WORLD_RANK=1\nDISTRAIN_DATA=x\nSLURM_NTASKS=3",
            "SLURM_STEP_NUM_TASKS=4\nSLURM_PROCID=0\nPBS_NODEFILE=/etc/hosts\nNSLOTS=2",
            "PMI_SIZE=1\nPMI_RANK=0\nOMPI_MCA_btl=self\nLSB_DJOB_NUMPROC=9\nNO_COLOR=1",
        ]
        var campaign = try Campaign(
            "environment", corpus: corpus.map { Array($0.utf8) },
            dictionary: ["PBS_NODEFILE=/dev/zero", "PBS_NODEFILE=/", "OMPI_MCA_"], count: 500,
            exitCodes: [.usage])
        try campaign.run { _, bytes in
            let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
                let parts = line.split(separator: "=", maxSplits: 1)
                return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
            }
            let environment = LaunchEnvironment(Dictionary(pairs) { $1 })
            #expect((environment.expectedGroup?.rankCount ?? 1) >= 1)
            #expect(environment.librarySettings.count <= pairs.count)
            #expect(environment.launcherFacts.expectations.count <= 5)
            if case .command(let command as any TrainingCommand) = Request(["train"]) {
                _ = try command.flags.request(environment)
            }
        }
    }
}
