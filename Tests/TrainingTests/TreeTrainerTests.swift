import Communication
import Datasets
import Diagnostics
import Foundation
import Testing
import Training

/// Runs that grow trees.
@Suite struct TreeTrainerTests {
    /// Stops a run after a level.
    private final class Stopper: TrainingObserver {
        private let level: Int
        private let stop: StopRequest

        init(afterLevel level: Int, stop: StopRequest) {
            self.level = level
            self.stop = stop
        }

        func levelFinished(_ report: LevelReport) { if report.step == level { stop.request() } }
    }

    /// A table of 300 rows, with missing cells and labels that are wrong here and there, so that
    /// trees become deep.
    private static func table(isRegression: Bool) -> String {
        var lines = ["size,colour,noise,label"]
        for row in 0..<300 {
            let kind = row % 3
            let size = Double(kind * 3) + Double(row * 37 % 71) / 10
            let colour = ["red", "green", "blue"][(kind + (row % 7 == 0 ? 1 : 0)) % 3]
            let noise = row % 13 == 0 ? "" : "\(row * 29 % 101)"
            let isWrong = row % 11 == 0
            let number = size * 2 + (isWrong ? 5.5 : 0.25)
            let label =
                isRegression ? "\(number)" : ["no", "yes", "maybe"][(kind + (isWrong ? 1 : 0)) % 3]
            lines.append("\(size),\(colour),\(noise),\(label)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Grows trees on threads as ranks.
    @discardableResult
    private func train(
        _ changes: [ConfigurationKey: String], in folder: TemporaryFolder,
        isRegression: Bool = false,
        output: String = "run", ranks: Int = 1, stopAfter level: Int? = nil
    ) throws -> TrainingResult {
        let path = folder.path + "/table\(isRegression).csv"
        try Self.table(isRegression: isRegression)
            .write(toFile: path, atomically: true, encoding: .utf8)
        let settings: [ConfigurationKey: String] = [
            .dataset: "csv:\(path)", .label: "label", .output: folder.path + "/" + output,
            .keep: "50", .logEvery: "1",
        ]
        var overrides = RunConfigurationOverrides()
        for (key, text) in settings.merging(changes, uniquingKeysWith: { $1 }) {
            try overrides.set(key, to: text)
        }
        let asked = overrides
        let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
            let stop = StopRequest()
            let observer = level.map { Stopper(afterLevel: $0, stop: stop) }
            return try PreparedRun.open(asked, communicator: communicator).train(
                communicator: communicator, observer: communicator.rank == 0 ? observer : nil,
                stop: stop)
        }
        #expect(Set(results.map(\.parametersSHA256)).count == 1)
        return results[0]
    }

    static let models: [(settings: [ConfigurationKey: String], isRegression: Bool)] = [
        ([.model: "decision-tree"], false),
        ([.model: "decision-tree", .criterion: "entropy", .minSamplesLeaf: "3"], false),
        ([.model: "decision-tree", .maxDepth: "6"], true),
        ([.model: "random-forest", .trees: "5"], false),
        ([.model: "random-forest", .trees: "4", .maxFeatures: "2"], true),
    ]

    @Test("Ranks change no bit, nor does a stop within a tree", arguments: models)
    func ranks(settings: [ConfigurationKey: String], isRegression: Bool) throws {
        let folder = try TemporaryFolder()
        let whole = try (1...4).map { ranks in
            try train(
                settings, in: folder, isRegression: isRegression, output: "whole\(ranks)",
                ranks: ranks)
        }
        #expect(Set(whole.map(\.parametersSHA256)).count == 1)
        #expect(whole.allSatisfy { $0.end == .complete && $0.step == whole[0].step })
        let lines = try levelLines(folder, "whole1")
        #expect(lines.count == whole[0].step + 1)
        #expect(try (2...4).allSatisfy { try levelLines(folder, "whole\($0)") == lines })
        let stopped = try train(
            settings, in: folder, isRegression: isRegression, ranks: 2, stopAfter: 3)
        #expect(stopped.end == .requeue && stopped.step == 3)
        #expect(stopped.parametersSHA256 != whole[0].parametersSHA256)
        let resumed = try train(
            settings.merging([.resume: "auto"]) { $1 }, in: folder, isRegression: isRegression,
            ranks: 3)
        #expect(resumed.end == .complete && resumed.step == whole[0].step)
        #expect(resumed.parametersSHA256 == whole[0].parametersSHA256)
        #expect(try levelLines(folder, "run") == lines)
    }

    @Test("A forest goes on to more trees as if they had been asked for at once")
    func moreTrees() throws {
        let folder = try TemporaryFolder()
        let forest: [ConfigurationKey: String] = [.model: "random-forest", .trees: "6"]
        let whole = try train(forest, in: folder, output: "whole")
        try train(forest.merging([.trees: "2"]) { $1 }, in: folder)
        let grown = try train(
            forest.merging([.resume: "auto"]) { $1 }, in: folder, ranks: 2)
        #expect(grown.parametersSHA256 == whole.parametersSHA256)
        #expect(try levelLines(folder, "run") == levelLines(folder, "whole"))
        #expect(try events(in: folder.path + "/run", named: "epoch").count == 6)
    }

    @Test("The log tells of levels and trees; what was measured is what evaluation measures")
    func log() throws {
        let folder = try TemporaryFolder()
        let result = try train(
            [.model: "random-forest", .trees: "3", .metrics: "f1_macro,roc_auc"], in: folder,
            ranks: 2)
        let path = folder.path + "/run"
        #expect(try events(in: path, named: "step").count == result.step)
        let trees = try events(in: path, named: "epoch")
        #expect(trees.count == 3)
        let validation = try #require(result.validation)
        #expect(trees.last?["val_accuracy"] as? Double == validation.accuracy)
        #expect(trees.last?["val_f1_macro"] as? Double != nil)
        #expect((validation.accuracy ?? 0) > 0.7)
        let rows = try ThreadCommunicator.run(rankCount: 2) { communicator in
            let checkpoint = try Checkpoint.open(path)
            let model = try checkpoint.trainedModel()
            let data = try ValidationData(
                for: model.description, of: checkpoint, communicator: communicator)
            return try Evaluator(model, communicator: communicator).evaluate(data.samples)
        }
        #expect(rows.allSatisfy { $0.loss == validation.loss })
    }

    @Test("Trees in words name columns, classes and importances")
    func text() throws {
        let folder = try TemporaryFolder()
        try train([.model: "decision-tree", .maxDepth: "2"], in: folder)
        let model = try #require(
            try Checkpoint.open(folder.path + "/run").trainedModel() as? TreeModel)
        #expect(model.text.hasPrefix("tree 1: "))
        #expect(model.text.contains("size <= "))
        #expect(model.text.contains("importances\n"))
        #expect(["no", "yes", "maybe"].contains { model.text.contains($0) })
    }

    static let mistakes: [([ConfigurationKey: String], flag: String)] = [
        ([.model: "decision-tree", .trees: "2"], "--trees"),
        ([.model: "decision-tree", .criterion: "squared-error"], "--criterion"),
        ([.model: "decision-tree", .maxDepth: "0"], "--max-depth"),
        ([.model: "random-forest", .minSamplesSplit: "1"], "--min-samples-split"),
        ([.model: "random-forest", .optimizer: "adam"], "--optimizer"),
        ([.model: "random-forest", .epochs: "3"], "--epochs"),
        ([.model: "mlp", .maxDepth: "3"], "--max-depth"),
        ([.model: "random-forest", .dataset: "builtin"], "--label"),
    ]

    @Test("What does not belong to trees, or to networks, is named", arguments: mistakes)
    func kinds(settings: [ConfigurationKey: String], flag: String) throws {
        let folder = try TemporaryFolder()
        let failure = agreedFailure { try train(settings, in: folder, ranks: 2) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == flag, "\(String(describing: failure))")
    }

    /// The lines of a ledger but for those of checkpoints, which a stop adds.
    private func levelLines(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
        try ledgerLines(folder.path + "/" + name).filter { !$0.hasPrefix("{\"checkpoint\":") }
    }

    private func verify(
        _ folder: TemporaryFolder, steps: ClosedRange<Int>? = nil, ranks: Int
    ) throws -> RunVerification {
        let path = folder.path + "/run"
        let written = try Checkpoint.open(path).state.configuration
        let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
            try RunVerification.run(path, steps: steps, communicator: communicator) { _ in
                RunConfigurationOverrides(written)
            }
        }
        #expect(results.allSatisfy { $0.difference == results[0].difference })
        return results[0]
    }

    @Test(
        "Levels are grown again from the first, and from a checkpoint within a tree",
        arguments: 1...3)
    func verification(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let result = try train(
            [.model: "random-forest", .trees: "3", .checkpointEvery: "3steps"], in: folder,
            ranks: 2)
        let all = try verify(folder, ranks: ranks)
        #expect(all.difference == nil)
        #expect(all.steps == 1...result.step)
        #expect(all.checkpoint == nil)
        #expect(all.tensorCount == 8)
        let some = try verify(folder, steps: 5...result.step, ranks: ranks)
        #expect(some.difference == nil)
        #expect(some.checkpoint?.hasSuffix("step-000000003") == true)
        let last = try verify(folder, steps: result.step...result.step, ranks: ranks)
        #expect(last.difference == nil)
        #expect(last.firstReplayed > result.step - 3)
    }

    @Test("Levels that grow from other labels are told apart, by the tensor")
    func otherRows() throws {
        let folder = try TemporaryFolder()
        try train([.model: "decision-tree"], in: folder)
        let path = folder.path + "/tablefalse.csv"
        try Self.table(isRegression: false).replacing(",,no", with: ",,maybe")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let difference = try #require(try verify(folder, ranks: 2).difference)
        #expect(difference.step == 1)
        #expect(difference.subject.hasPrefix("tensor "))
    }

    @Test("A line of a level that was changed is named; one whose chain was made anew is computed")
    func changedLevel() throws {
        let folder = try TemporaryFolder()
        try train([.model: "decision-tree", .checkpointEvery: "50steps"], in: folder)
        let path = folder.path + "/run"
        let lines = try ledgerLines(path)
        let line = try #require(lines.firstIndex { $0.hasPrefix("{\"step\":2,") })
        // The last fingerprint, which is that of the values.
        let end = try #require(lines[line].range(of: "\",\"chain\":")).lowerBound
        var changed = lines
        let digit = changed[line].index(before: end)
        changed[line].replaceSubrange(digit..<end, with: changed[line][digit] == "0" ? "1" : "0")
        try (changed.joined(separator: "\n") + "\n")
            .write(toFile: path + "/ledger.jsonl", atomically: true, encoding: .utf8)
        let failure = agreedFailure { _ = try verify(folder, ranks: 2) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.subject.hasSuffix("(step 2)") == true)
        try rechainLedger(path)
        let difference = try #require(try verify(folder, ranks: 2).difference)
        #expect(difference.step == 2)
        #expect(difference.subject == "tensor value")
    }

    @Test("Runs part at the level at which their settings do")
    func parting() throws {
        let folder = try TemporaryFolder()
        let forest: [ConfigurationKey: String] = [.model: "random-forest", .trees: "2"]
        try train(forest, in: folder)
        try train(forest.merging([.trees: "4"]) { $1 }, in: folder, output: "more", ranks: 3)
        let same = try LedgerComparison(folder.path + "/run", folder.path + "/more")
        #expect(same.difference == nil && same.hasSameSettings)
        try train(forest.merging([.maxDepth: "3"]) { $1 }, in: folder, output: "flat")
        let other = try LedgerComparison(folder.path + "/run", folder.path + "/flat")
        #expect(!other.hasSameSettings)
        // The first tree grows on to its fourth level in one run alone.
        #expect(other.difference?.step == 4)
        #expect(other.difference?.subject == "tensor feature")
    }
}
