import Communication
import Datasets
import Diagnostics
import Foundation
import Metrics
import Testing
import Training

/// Tables of 90 rows whose label can be learned from a number and a text.
private enum SmallTable {
    static func text(classes: Int) -> String {
        var lines = ["size,colour,noise,label"]
        for row in 0..<90 {
            let label = row % classes
            let size = Double(label * 3) + Double(row * 37 % 11) / 10
            let colour = ["red", "green", "blue"][(label + (row % 7 == 0 ? 1 : 0)) % 3]
            let noise = row % 13 == 0 ? "" : "\(row * 29 % 17)"
            lines.append("\(size),\(colour),\(noise),\(["no", "yes", "maybe"][label])")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes a table and gives the settings of a run on it.
    static func run(
        _ model: String, classes: Int = 3, in folder: TemporaryFolder, output: String = "run"
    ) throws -> [ConfigurationKey: String] {
        let path = folder.path + "/table\(classes).csv"
        try text(classes: classes).write(toFile: path, atomically: true, encoding: .utf8)
        return [
            .dataset: "csv:\(path)", .label: "label", .model: model, .epochs: "4",
            .output: folder.path + "/" + output, .l2Penalty: "0.01", .keep: "50",
        ]
    }
}

/// Trains on threads as ranks.
@discardableResult
private func train(
    _ settings: [ConfigurationKey: String], ranks: Int = 1
) throws -> TrainingResult {
    var overrides = RunConfigurationOverrides()
    for (key, text) in settings { try overrides.set(key, to: text) }
    let asked = overrides
    return try ThreadCommunicator.run(rankCount: ranks) { communicator in
        try Trainer(
            PreparedRun.open(asked, communicator: communicator), communicator: communicator
        ).run()
    }[0]
}

@Suite struct TableTrainingTests {
    static let models: [(String, classes: Int, [ConfigurationKey: String])] = [
        ("logistic-regression", 2, [:]), ("logistic-regression", 3, [.l1Penalty: "0.01"]),
        ("linear-svm", 2, [.loss: "hinge"]), ("linear-svm", 3, [:]),
        ("svm", 3, [.kernelFeatures: "40"]), ("mlp", 3, [.hidden: "8,5"]),
        ("mlp", 2, [.hidden: "none", .loss: "soft-f1"]),
    ]

    @Test("Ranks change no bit, nor do a stop and going on", arguments: models)
    func ranks(model: String, classes: Int, changes: [ConfigurationKey: String]) throws {
        let folder = try TemporaryFolder()
        let hashes = try (1...4).map { ranks in
            let run = try SmallTable.run(
                model, classes: classes, in: folder, output: "whole\(ranks)")
            return try train(run.merging(changes) { $1 }, ranks: ranks).parametersSHA256
        }
        #expect(Set(hashes).count == 1)
        let parted = try SmallTable.run(model, classes: classes, in: folder, output: "parted")
            .merging(changes) { $1 }
        try train(parted.merging([.maxSteps: "7"]) { $1 }, ranks: 2)
        let resumed = try train(parted.merging([.resume: "auto"]) { $1 }, ranks: 3)
        #expect(resumed.parametersSHA256 == hashes[0])
    }

    @Test("A run goes on with the table that its own configuration names")
    func resumedByFolder() throws {
        let folder = try TemporaryFolder()
        let run = try SmallTable.run("mlp", in: folder).merging([.splitSeed: "7"]) { $1 }
        let whole = try train(run.merging([.output: folder.path + "/whole"]) { $1 })
        try train(run.merging([.maxSteps: "5"]) { $1 })
        let path = folder.path + "/run"
        let resumed = try train([.resume: path, .maxSteps: "1000"], ranks: 2)
        #expect(resumed.parametersSHA256 == whole.parametersSHA256)
    }

    @Test("Every model learns the table")
    func learns() throws {
        for (model, classes, changes) in Self.models {
            let folder = try TemporaryFolder()
            let run = try SmallTable.run(model, classes: classes, in: folder)
                .merging(changes) { $1 }.merging([.epochs: "400", .l1Penalty: "0"]) { $1 }
            let result = try train(run)
            #expect((result.validation?.accuracy ?? 0) > 0.9, "\(model) \(classes)")
        }
    }

    /// Whatever the unit of the label, steps of the same length are right.
    @Test("The mlp learns values of any size", arguments: [1e-3, 1, 1e5])
    func values(unit: Double) throws {
        let folder = try TemporaryFolder()
        let lines = (0..<400).map { row in
            let (x, y) = (Double(row * 37 % 101) / 50 - 1, Double(row * 53 % 97) / 48 - 1)
            return "\(x),\(y),\(unit * (20 + 3 * x * x - 2 * y))"
        }
        let path = folder.path + "/table.csv"
        try ("x,y,value\n" + lines.joined(separator: "\n") + "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
        let result = try train(
            [
                .dataset: "csv:\(path)", .label: "value", .model: "mlp",
                .output: folder.path + "/run", .metrics: "r2",
            ], ranks: 2)
        let metric = try Monitor(named: "val_r2", for: .regression).metric
        #expect((result.validation?.value(of: metric) ?? 0) > 0.98)
    }

    @Test(
        "Linear models go to the minimum, unless something is asked for that only batches have",
        arguments: [
            ("logistic-regression", [:], "lbfgs", 1 / 72),
            ("linear-svm", [:], "lbfgs", 1 / 72),
            ("linear-regression", [.label: "size"], "lbfgs", nil),
            ("logistic-regression", [.l2Penalty: "0.5", .maxIterations: "9"], "lbfgs", 0.5),
            ("logistic-regression", [.l1Penalty: "0", .microbatch: "12"], "lbfgs", 1 / 72),
            ("linear-svm", [.loss: "hinge"], "adam", 1 / 72),
            ("logistic-regression", [.l1Penalty: "0.1"], "lbfgs", nil),
            ("logistic-regression", [.l1Penalty: "0.1", .epochs: "7"], "adam", nil),
            ("logistic-regression", [.epochs: "7"], "adam", 1 / 72),
            ("logistic-regression", [.earlyStoppingPatience: "3"], "adam", 1 / 72),
            ("linear-svm", [.batchSize: "8"], "adam", 1 / 72),
            ("logistic-regression", [.optimizer: "adam"], "adam", 1 / 72),
            ("logistic-regression", [.optimizer: "cg"], "cg", 1 / 72),
            ("svm", [:], "adam", 1 / 72), ("mlp", [:], "adam", nil),
        ] as [(String, [ConfigurationKey: String], String, Double?)])
    func recipe(
        model: String, changes: [ConfigurationKey: String], optimizer: String, l2Penalty: Double?
    ) throws {
        let folder = try TemporaryFolder()
        let overrides = try asked(model, changes, in: folder)
        let configuration = try ThreadCommunicator.run(rankCount: 1) { communicator in
            try PreparedRun.open(overrides, communicator: communicator).configuration
        }[0]
        #expect(configuration.optimizer == optimizer)
        #expect(configuration.l2Penalty == l2Penalty)
        #expect(configuration.epochs == 1 || optimizer == "adam")
        switch (optimizer, changes[.label]) {
        case ("lbfgs", nil): #expect(configuration.gradientTolerance == 1e-5)
        // The sizes are near 0, 3 and 6, one more or less.
        case ("lbfgs", _): #expect((2e-5...3e-5).contains(configuration.gradientTolerance))
        default: #expect(configuration.gradientTolerance == 1e-6)
        }
        // A named optimizer has its own rate, the recipe's Adam that of the recipe.
        if optimizer == "adam" && model != "mlp" {
            #expect(configuration.learningRate == (changes[.optimizer] == nil ? 0.01 : 0.001))
        }
    }

    @Test("A linear model of which nothing else is said converges, also where classes are apart")
    func converged() throws {
        for model in ["logistic-regression", "linear-svm"] {
            let folder = try TemporaryFolder()
            let overrides = try asked(model, [:], in: folder)
            let result = try ThreadCommunicator.run(rankCount: 2) { communicator in
                try PreparedRun.open(overrides, communicator: communicator)
                    .train(communicator: communicator)
            }[0]
            #expect(result.batch?.end == .converged)
            #expect((result.validation?.accuracy ?? 0) > 0.9)
        }
    }

    /// What is asked for on a small table with nothing but the changes.
    private func asked(
        _ model: String, _ changes: [ConfigurationKey: String], in folder: TemporaryFolder
    ) throws -> RunConfigurationOverrides {
        var settings = try SmallTable.run(model, in: folder)
        for key in [ConfigurationKey.epochs, .l2Penalty] { settings[key] = nil }
        var overrides = RunConfigurationOverrides()
        for (key, text) in settings.merging(changes, uniquingKeysWith: { $1 }) {
            try overrides.set(key, to: text)
        }
        return overrides
    }

    @Test("Steps on a table are computed once more to the same bits")
    func verification() throws {
        let folder = try TemporaryFolder()
        let run = try SmallTable.run("logistic-regression", in: folder)
        try train(run)
        // All that stands in config.yml, not only what was asked for.
        let written = try Checkpoint.open(folder.path + "/run/checkpoints/last").state.configuration
        let found = try ThreadCommunicator.run(rankCount: 3) { communicator in
            try RunVerification.run(folder.path + "/run", communicator: communicator) { _ in
                RunConfigurationOverrides(written)
            }
        }
        #expect(found.allSatisfy { $0.difference == nil && $0.steps.lowerBound == 1 })
    }

    @Test("A penalty makes weights small, and the loss tells of it")
    func penalty() throws {
        let folder = try TemporaryFolder()
        func finalLoss(_ penalty: String, output: String) throws -> (train: Double, val: Double) {
            let run = try SmallTable.run(
                "logistic-regression", classes: 2, in: folder, output: output
            ).merging([.l2Penalty: penalty, .epochs: "400"]) { $1 }
            try train(run)
            let last = try #require(events(in: folder.path + "/" + output, named: "epoch").last)
            return (
                try #require(last["train_loss"] as? Double),
                try #require(last["val_loss"] as? Double)
            )
        }
        let free = try finalLoss("0", output: "free")
        let bound = try finalLoss("1", output: "bound")
        #expect(free.train < 0.2 && bound.train > 0.4)
        // The validation loss is that of the samples alone.
        #expect(bound.val < bound.train)
    }

    @Test("What does not belong together is named")
    func wrong() throws {
        let folder = try TemporaryFolder()
        let run = try SmallTable.run("mlp", in: folder)
        for (key, text) in [
            (ConfigurationKey.kernelGamma, "scale"), (.testFraction, "1.5"), (.hidden, "0"),
            (.l2Penalty, "-1"), (.model, "resnet18"),
        ] {
            let failure = agreedFailure { try train(run.merging([key: text]) { $1 }, ranks: 2) }
            #expect(failure?.exitCode == .usage, "\(key.rawValue)")
            #expect(failure?.subject == key.flag, "\(key.rawValue)")
        }
        let images = agreedFailure {
            try train([
                .dataset: "builtin", .label: "x", .output: folder.path + "/images",
            ])
        }
        #expect(images?.subject == "--label")
    }
}
