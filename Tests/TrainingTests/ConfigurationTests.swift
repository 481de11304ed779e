import Datasets
import Diagnostics
import Testing
import Training

@Suite struct ConfigurationTests {
    private func overrides(_ settings: [ConfigurationKey: String]) throws
        -> RunConfigurationOverrides
    {
        var overrides = RunConfigurationOverrides()
        for (key, text) in settings { try overrides.set(key, to: text) }
        return overrides
    }

    @Test("Every key reads back what it is given")
    func everyKey() throws {
        let texts: [ConfigurationKey: String] = [
            .dataset: "mnist", .data: "/data", .model: "resnet18", .epochs: "7",
            .label: "-1", .task: "regression", .testFile: "test.csv", .testFraction: "0.25",
            .splitSeed: "3", .delimiter: ";", .header: "true", .missing: "?,NA",
            .columnTypes: "a=ignored,2=category", .hidden: "64,32", .kernelFeatures: "200",
            .kernelGamma: "0.5", .criterion: "entropy", .trees: "7", .maxDepth: "9",
            .minSamplesSplit: "4", .minSamplesLeaf: "2", .maxFeatures: "sqrt",
            .l1Penalty: "0.001", .l2Penalty: "0.01",
            .maxSteps: "100", .maxTime: "2h30m", .maxIterations: "50",
            .gradientTolerance: "1e-07", .batchSize: "256", .microbatch: "32",
            .optimizer: "adam", .learningRate: "0.5", .momentum: "0.9", .nesterov: "true",
            .beta1: "0.8", .beta2: "0.99", .epsilon: "1e-07", .alpha: "0.95",
            .centered: "false", .trustCoefficient: "0.002", .weightDecay: "0.0005",
            .schedule: "cosine",
            .warmupEpochs: "1.5", .finalLearningRate: "0.01", .dropEpochs: "20",
            .gamma: "0.2", .risingShare: "0.25", .loss: "mean-squared-error",
            .labelSmoothing: "0.1", .preprocess: "resize:32", .augment: "crop:4,flip",
            .normalization: "unit",
            .gradientClip: "1.0", .onNan: "skip", .earlyStoppingPatience: "4", .monitor: "val_loss",
            .metrics: "f1,recall", .seed: "18446744073709551615", .output: "runs/x",
            .resume: "auto", .checkpointEvery: "500steps", .checkpointName: "{epoch}",
            .keep: "2", .logEvery: "5", .sentinelEvery: "7", .loaderThreads: "2",
            .precision: "float32", .reduction: "mpi", .convolution: "direct",
        ]
        #expect(texts.count == ConfigurationKey.allCases.count)
        let given = try overrides(texts)
        for (key, text) in texts { #expect(given.text(of: key) == text) }
        #expect(given.givenKeys.count == texts.count)
    }

    @Test("A flag wins over the file")
    func merge() throws {
        let file = try overrides([.epochs: "3", .seed: "4"])
        let flags = try overrides([.epochs: "5"])
        let merged = flags.merged(over: file)
        #expect(merged.text(of: .epochs) == "5")
        #expect(merged.text(of: .seed) == "4")
        #expect(merged.givenKeys == [.epochs, .seed])
    }

    @Test("Recipes stand behind what is not said")
    func recipes() throws {
        let plain = try RunConfiguration.resolved(overrides([:]), dataset: .cifar10)
        #expect(plain.model == "cifar-net")
        #expect(plain.batchSize == 512 && plain.microbatch == 64)
        #expect(plain.output == "runs/cifar-net-cifar10")
        #expect(try RunConfiguration.resolved(overrides([:]), dataset: .mnist).model == "mnist-cnn")
        // A named optimizer brings its own defaults.
        let adam = try RunConfiguration.resolved(
            overrides([.optimizer: "adam"]), dataset: .cifar10)
        #expect(adam.learningRate == 0.001 && adam.weightDecay == 0)
        #expect(adam.momentum == nil && adam.nesterov == nil)
        let small = try RunConfiguration.resolved(overrides([.batchSize: "4"]), dataset: .cifar10)
        #expect(small.microbatch == 4)
    }

    @Test(
        "What is wrong is named",
        arguments: [
            (ConfigurationKey.epochs, "0", "--epochs"), (.epochs, "ten", "--epochs"),
            (.learningRate, "-1", "--learning-rate"), (.learningRate, "nan", "--learning-rate"),
            (.microbatch, "1000", "--microbatch"), (.model, "resnet81", "--model"),
            (.dataset, "cifar01", "--dataset"), (.optimizer, "adamm", "optimizer"),
            (.schedule, "cosin", "schedule"), (.augment, "flop", "--augment"),
            (.maxTime, "2x", "--max-time"), (.maxTime, "30", "--max-time"),
            (.checkpointEvery, "epoch", "--checkpoint-every"),
            (.checkpointName, "{val_f1}", "--checkpoint-name"),
            (.checkpointName, "a/b", "--checkpoint-name"), (.monitor, "loss", "--monitor"),
            (.metrics, "f2", "--metrics"), (.labelSmoothing, "1", "--label-smoothing"),
            (.seed, "-1", "--seed"), (.warmupEpochs, "1000", "--warmup-epochs"),
            (.momentum, "1", "momentum"), (.onNan, "go", "--on-nan"),
            (.precision, "float16", "--precision"),
        ])
    func wrong(key: ConfigurationKey, text: String, subject: String) throws {
        let failure = #expect(throws: Failure.self) {
            try RunConfiguration.resolved(overrides([key: text]), dataset: .builtin)
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == subject)
    }

    @Test(
        "What means nothing in a run is refused, and left out of its file",
        arguments: [
            (.maxIterations, "50", [:]), (.gradientTolerance, "0.1", [.optimizer: "adam"]),
            (.gamma, "0.5", [.schedule: "cosine"]), (.dropEpochs, "2", [.schedule: "constant"]),
            (.finalLearningRate, "0.1", [.schedule: "onecycle"]),
            (.risingShare, "0.2", [.schedule: "step"]), (.trees, "3", [.model: "mnist-cnn"]),
            (.augment, "flip", [.dataset: "csv:t.csv", .model: "mlp"]),
            (.preprocess, "resize:8", [.dataset: "csv:t.csv", .model: "logistic-regression"]),
            (.normalization, "unit", [.dataset: "csv:t.csv", .model: "mlp"]),
            (.checkpointName, "{epoch}", [.dataset: "csv:t.csv", .model: "decision-tree"]),
        ] as [(ConfigurationKey, String, [ConfigurationKey: String])])
    func meaningless(
        key: ConfigurationKey, text: String, settings: [ConfigurationKey: String]
    ) throws {
        let given = try overrides(settings)
        let dataset =
            try given.text(of: .dataset).map { try DatasetName(parsing: $0) } ?? .builtin
        let configuration = try RunConfiguration.resolved(given, dataset: dataset)
        #expect(!configuration.yaml.contains("\n\(key.rawValue): "))
        let failure = #expect(throws: Failure.self) {
            try RunConfiguration.resolved(
                overrides(settings.merging([key: text]) { $1 }), dataset: dataset)
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == key.flag)
        #expect(failure?.found.contains(" alone, not for ") == true)
    }

    @Test("An unknown key names the nearest")
    func unknownKey() {
        let failure = #expect(throws: Failure.self) { try ConfigurationKey(named: "learnig_rate") }
        #expect(failure?.fix == "did you mean learning_rate?")
        #expect(ConfigurationKey.batchSize.flag == "--batch-size")
    }

    @Test("A configuration is written as a file that gives it again")
    func yaml() throws {
        let given = try overrides([
            .output: "runs/a: b", .checkpointName: "{epoch:02}", .augment: "crop:4,flip",
            .learningRate: "0.05", .maxTime: "90m", .checkpointEvery: "500steps",
        ])
        let configuration = try RunConfiguration.resolved(given, dataset: .cifar10)
        let lines = configuration.yaml.split(separator: "\n").map(String.init)
        for line in [
            "dataset: cifar10", "batch_size: 512", "learning_rate: 0.05", "max_time: 1h30m",
            "augment: crop:4,flip", "output: \"runs/a: b\"", "checkpoint_name: \"{epoch:02}\"",
            "checkpoint_every: 500steps", "nesterov: true",
        ] {
            #expect(lines.contains(line))
        }
        #expect(!configuration.yaml.contains("max_steps"))
    }
}
