import Communication
import Diagnostics
import Foundation
import Testing
import Training

/// Training with line searches on all samples.
@Suite struct BatchTrainerTests {
    /// Stops a run after an iteration.
    private final class Stopper: TrainingObserver {
        private let iteration: Int
        private let stop: StopRequest

        init(afterIteration iteration: Int, stop: StopRequest) {
            self.iteration = iteration
            self.stop = stop
        }

        func stepFinished(_ report: StepReport) {
            if report.step == iteration { stop.request() }
        }
    }

    private func batchSettings(_ path: String) -> [ConfigurationKey: String] {
        [
            .model: "mnist-cnn", .optimizer: "lbfgs", .microbatch: "7", .output: path,
            .maxIterations: "6", .logEvery: "1",
        ]
    }

    /// Trains a small network without batch norm on threads as ranks.
    @discardableResult
    private func train(
        _ changes: [ConfigurationKey: String], in path: String, hosts: [Int] = [0],
        stopAfter iteration: Int? = nil
    ) throws -> TrainingResult {
        var run = TestRun(batchSettings(path).merging(changes) { $1 })
        run.dropStepSettings()
        let (overrides, data) = (try run.overrides(), run.data)
        let results = try ThreadCommunicator.run(hosts: hosts) { communicator in
            let stop = StopRequest()
            let observer = iteration.map { Stopper(afterIteration: $0, stop: stop) }
            return try PreparedRun.open(overrides, communicator: communicator, data: data)
                .train(
                    communicator: communicator, observer: communicator.rank == 0 ? observer : nil,
                    stop: stop)
        }
        #expect(Set(results.map(\.parametersSHA256)).count == 1)
        return results[0]
    }

    /// What a ledger says of the iterations, without its checkpoints.
    private func steps(ofLedgerIn path: String) throws -> [Substring] {
        try String(contentsOfFile: path + "/ledger.jsonl", encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("{\"checkpoint\"") }
    }

    @Test(
        "Ranks and hosts change no bit, nor does the sharing of memory",
        arguments: [
            [.optimizer: "cg"], [.optimizer: "lbfgs"],
            [.optimizer: "lbfgs", .l1Penalty: "0.01"],
        ] as [[ConfigurationKey: String]])
    func ranks(_ settings: [ConfigurationKey: String]) throws {
        let folder = try TemporaryFolder()
        let layouts = [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0], [0, 1, 0]]
        let results = try layouts.enumerated().map { number, hosts in
            try train(settings, in: folder.path + "/\(number)", hosts: hosts)
        }
        #expect(Set(results.map(\.parametersSHA256)).count == 1)
        let ledgers = try layouts.indices.map { try steps(ofLedgerIn: folder.path + "/\($0)") }
        #expect(Set(ledgers).count == 1)
        #expect(ledgers[0].count == 7)
    }

    @Test(
        "The loss falls in every iteration, and the log tells of it", arguments: ["0", "0.0001"])
    func learns(l1Penalty: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let result = try train(
            [.maxIterations: "25", .l1Penalty: l1Penalty], in: path, hosts: [0, 0])
        let losses = try events(in: path, named: "step").compactMap { $0["loss"] as? Double }
        #expect(losses.count == 25)
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
        // The penalty is a part of it.
        #expect((losses.last ?? 1) < 0.12 * (losses.first ?? 0))
        // A tenth would be chance.
        #expect((result.validation?.accuracy ?? 0) > 0.6)
        let final = try #require(try events(in: path, named: "final").first)
        #expect(final["iterations"] as? Int == 25)
        #expect(final["stopped_by"] as? String == "iteration_limit")
        #expect((final["evaluations"] as? Int ?? 0) > 25)
    }

    @Test("A tolerance ends the run")
    func tolerance() throws {
        let folder = try TemporaryFolder()
        let result = try train(
            [.gradientTolerance: "0.05", .maxIterations: "500"], in: folder.path + "/run")
        #expect(result.batch?.end == .converged)
        #expect((result.batch?.gradientNorm ?? 1) <= 0.05)
        // A smaller one takes the run up again.
        let further = try train(
            [.resume: "auto", .gradientTolerance: "0.02", .maxIterations: "500"],
            in: folder.path + "/run")
        #expect(further.batch?.end == .converged && further.step > result.step)
        #expect((further.batch?.gradientNorm ?? 1) <= 0.02)
    }

    @Test(
        "Stopped by a signal or by its limit it goes on to the same bits", arguments: [1, 2],
        ["0", "0.01"])
    func resumed(ranks: Int, l1Penalty: String) throws {
        let folder = try TemporaryFolder()
        let hosts = Array(repeating: 0, count: ranks)
        let penalty: [ConfigurationKey: String] = [.l1Penalty: l1Penalty]
        let whole = try train(penalty, in: folder.path + "/whole", hosts: hosts)
        let path = folder.path + "/parted"
        let first = try train(penalty, in: path, hosts: hosts, stopAfter: 2)
        #expect(first.end == .requeue)
        let second = try train(
            [.resume: "auto", .maxIterations: "4"], in: path, hosts: [0, 0, 0])
        #expect(second.end == .complete)
        #expect(second.step == 4)
        let last = try train([.resume: "auto"], in: path, hosts: hosts)
        #expect(last.parametersSHA256 == whole.parametersSHA256)
        #expect(last.batch == whole.batch)
        #expect(try steps(ofLedgerIn: path) == steps(ofLedgerIn: folder.path + "/whole"))
    }

    @Test("A finished run that is resumed stays as it is")
    func finished() throws {
        let folder = try TemporaryFolder()
        let first = try train([:], in: folder.path + "/run")
        let second = try train([.resume: "auto"], in: folder.path + "/run")
        #expect(second.parametersSHA256 == first.parametersSHA256)
        #expect(second.batch == first.batch)
    }

    @Test("Iterations are verified on any number of ranks, from the seed or a checkpoint")
    func verified() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let settings: [ConfigurationKey: String] = [
            .dataset: "builtin", .checkpointEvery: "2steps", .l1Penalty: "0.001",
        ]
        try train(settings, in: path, hosts: [0, 0])
        func verify(_ steps: ClosedRange<Int>?, ranks: Int) throws -> RunVerification {
            var run = TestRun(settings.merging(batchSettings(path)) { $1 })
            // As `config.yml` has it: a batch is all samples.
            run.dropStepSettings()
            run.settings[.batchSize] = "70"
            let (overrides, data) = (try run.overrides(), run.data)
            return try ThreadCommunicator.run(rankCount: ranks) { communicator in
                try RunVerification.run(
                    path, steps: steps, communicator: communicator, data: data
                ) { _ in overrides }
            }[0]
        }
        let whole = try verify(nil, ranks: 3)
        #expect(whole.difference == nil && whole.steps == 1...6 && whole.firstReplayed == 1)
        let part = try verify(4...5, ranks: 1)
        #expect(part.difference == nil && part.firstReplayed == 3)

        try editLedger(path, ofStep: 3, rechained: true)
        let difference = try #require(try verify(3...3, ranks: 2).difference)
        #expect(difference.step == 3 && difference.subject == "learning rate")
        try editCheckpoint(path + "/checkpoints/step-000000004", tensor: "fc1.weight")
        let failure = agreedFailure { _ = try verify(5...5, ranks: 2) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.subject.hasSuffix("step-000000004") == true)
    }

    static let refused: [([ConfigurationKey: String], String)] = [
        ([.momentum: "0.9"], "momentum"), ([.weightDecay: "0.1"], "--weight-decay"),
        ([.gradientClip: "1"], "--gradient-clip"), ([.maxSteps: "3"], "--max-steps"),
        ([.earlyStoppingPatience: "3"], "--early-stopping-patience"),
        ([.model: "cifar-net"], "--optimizer"), ([.maxIterations: "0"], "--max-iterations"),
        ([.gradientTolerance: "-1"], "--gradient-tolerance"),
        ([.l1Penalty: "0.1", .optimizer: "cg"], "--l1-penalty"), ([.loss: "hinge"], "--loss"),
        ([.monitor: "val_loss"], "--monitor"),
        ([.checkpointName: "{epoch}"], "--checkpoint-name"), ([.epochs: "2"], "--epochs"),
        ([.batchSize: "32"], "--batch-size"), ([.learningRate: "0.1"], "--learning-rate"),
        ([.schedule: "cosine"], "--schedule"), ([.warmupEpochs: "1"], "--warmup-epochs"),
        ([.onNan: "skip"], "--on-nan"), ([.sentinelEvery: "9"], "--sentinel-every"),
    ]

    @Test("What it has not is refused by name", arguments: refused)
    func refusals(_ row: ([ConfigurationKey: String], String)) throws {
        let folder = try TemporaryFolder()
        var run = TestRun([.optimizer: "lbfgs", .output: folder.path + "/run", .model: "mnist-cnn"])
        run.dropStepSettings()
        let (overrides, data) = (try run.with(row.0).overrides(), run.data)
        let failure = agreedFailure {
            _ = try ThreadCommunicator.run(hosts: [0, 0]) { communicator in
                try PreparedRun.open(overrides, communicator: communicator, data: data)
                    .train(communicator: communicator)
            }
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == row.1)
    }

    @Test("A matrix that does not fit is refused with another method")
    func tooLarge() throws {
        let folder = try TemporaryFolder()
        let failure = agreedFailure {
            _ = try train([.optimizer: "bfgs"], in: folder.path + "/run")
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.fix == "use lbfgs")
    }

    /// Rows of three classes, with text, a missing cell and a partial last microbatch.
    private func table(in folder: String) throws -> String {
        let path = folder + "/flowers.csv"
        let rows = (0..<75).map { row in
            let (kind, noise) = (row % 3, Double((row * 7919) % 97) / 97)
            let first = row == 8 ? "" : "\(Double(kind) + noise)"
            return
                "\(first),\(Double(kind * kind) - 2 * noise),\(row % 5 == 0 ? "low" : "high"),k\(kind)"
        }
        try (["a,b,c,kind"] + rows).joined(separator: "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(
        "Sums of linear models in Double have the same bits on any number of ranks",
        arguments: ["cg", "bfgs", "lbfgs"], ["logistic-regression", "linear-svm", "mlp"])
    func tables(_ method: String, _ model: String) throws {
        let folder = try TemporaryFolder()
        var overrides = RunConfigurationOverrides()
        for (key, text) in [
            .dataset: "csv:" + (try table(in: folder.path)), .label: "kind", .model: model,
            .optimizer: method, .l2Penalty: "0.01", .microbatch: "13",
            .maxIterations: model == "mlp" ? "5" : "200",
        ] as [ConfigurationKey: String] {
            try overrides.set(key, to: text)
        }
        if model == "mlp" { try overrides.set(.hidden, to: "6") }
        let results = try [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0], [0, 1, 0]].map { hosts in
            var overrides = overrides
            try overrides.set(.output, to: "\(folder.path)/run-\(hosts.count)-\(hosts.max() ?? 0)")
            let own = overrides
            return try ThreadCommunicator.run(hosts: hosts) { communicator in
                try PreparedRun.open(own, communicator: communicator)
                    .train(communicator: communicator)
            }[0]
        }
        #expect(Set(results.map(\.parametersSHA256)).count == 1)
        #expect(model == "mlp" || results[0].batch?.end == .converged)
    }
}
