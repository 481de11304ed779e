import Communication
import Diagnostics
import Foundation
import Metrics
import Testing
import Training

@Suite("What is measured on validation samples")
struct MeasurementTests {
    private static let chosen = ["roc_auc", "average_precision", "log_loss", "top3_accuracy", "f1"]

    @Test("Every chosen metric stands in the log, to the same bits on any number of ranks")
    func ranks() throws {
        let folder = try TemporaryFolder()
        var logs: [[[String: Double]]] = []
        for ranks in 1...4 {
            let path = folder.path + "/\(ranks)"
            try TestRun([
                .output: path, .metrics: Self.chosen.joined(separator: ","),
                .monitor: "val_recall_weighted",
            ]).train(ranks: ranks)
            let ends = try events(in: path, named: "epoch") + events(in: path, named: "final")
            #expect(ends.count == 3)
            logs.append(
                ends.map { event in
                    event.compactMapValues { $0 as? Double }.filter { $0.key.hasPrefix("val_") }
                })
        }
        let names = ["loss", "accuracy", "recall_weighted"] + Self.chosen
        for log in logs {
            #expect(log == logs[0])
            for event in log { #expect(event.keys.sorted() == names.map { "val_" + $0 }.sorted()) }
        }
    }

    @Test("Epochs are compared by a metric of scores, which ends the run")
    func monitor() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        // The rate is so small that nothing changes the order of the scores.
        let result = try TestRun([
            .output: path, .epochs: "20", .learningRate: "1e-20", .earlyStoppingPatience: "2",
            .monitor: "val_roc_auc", .metrics: "none",
        ]).train(ranks: 3)
        #expect(result.end == .stoppedEarly)
        let values = try events(in: path, named: "epoch").map { $0["val_roc_auc"] as? Double }
        let best = try #require(values.compactMap { $0 }.max())
        #expect(values.count == 2 + (values.firstIndex(of: best) ?? 0) + 1 && values.count < 20)
        let state = try Checkpoint.open(path + "/checkpoints/best").state.progress
        #expect(state.bestValue == best)
    }

    @Test("A metric that means nothing for the classes is refused before anything is written")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let cases: [(ConfigurationKey, String, String)] = [
            (.metrics, "top5_accuracy", "top5_accuracy means nothing for 4 classes"),
            (.metrics, "r2", "r2 means nothing for 4 classes"),
            (.monitor, "val_f1_binary", "val_f1_binary means nothing for 4 classes"),
        ]
        for (key, text, found) in cases {
            let failure = agreedFailure {
                try TestRun([.output: path, key: text]).train(ranks: 2)
            }
            #expect(failure?.exitCode == .usage && failure?.subject == key.flag)
            #expect(failure?.description.contains(found) == true)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("Probabilities are asked for only where outputs are some")
    func withoutProbabilities() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .loss: "mean-squared-error", .maxSteps: "3"])
        let failure = agreedFailure { try run.with([.metrics: "log_loss"]).train() }
        #expect(failure?.exitCode == .usage)
        try run.with([.metrics: "roc_auc"]).train()
        #expect(try events(in: path, named: "final")[0]["val_roc_auc"] is Double)
    }

    @Test("Curves come for each class on the first rank, and their area is the metric")
    func curves() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .maxSteps: "3"])
        try run.train()
        for ranks in [1, 3] {
            let areas = try ThreadCommunicator.run(rankCount: ranks) { communicator in
                let model = try Checkpoint.open(path + "/checkpoints/last").model()
                let samples = try model.description.input.preparingValidation(of: run.data)
                var areas: [Double] = []
                let result = try Evaluator(model, communicator: communicator)
                    .evaluate(samples) { label, curve in
                        #expect(label == areas.count && communicator.rank == 0)
                        areas.append(Self.area(under: curve))
                    }
                guard case .classification(_, nil, let rankings?) = result.measurement else {
                    Issue.record("nothing was ranked")
                    return (areas, [Double]())
                }
                return (areas, rankings.map(\.rocAUC))
            }
            #expect(areas[0].0.count == 4)
            for (area, expected) in zip(areas[0].0, areas[0].1) {
                #expect(abs(area - expected) < 1e-12)
            }
            #expect(areas.dropFirst().allSatisfy { $0.0.isEmpty && $0.1 == areas[0].1 })
        }
    }

    /// By trapezoids.
    private static func area(under curve: RankingCurve) -> Double {
        zip(curve.points, curve.points.dropFirst()).reduce(0) { area, pair in
            let width = curve.falsePositiveRate(at: pair.1) - curve.falsePositiveRate(at: pair.0)
            return area + width * (curve.recall(at: pair.0) + curve.recall(at: pair.1)) / 2
        }
    }

    @Test("Errors of numbers are put together over ranks")
    func regression() throws {
        let numbers = (0..<40).map { (Double($0 * $0 % 17), Double($0 % 13)) }
        var expected = RegressionErrors()
        for (prediction, target) in numbers {
            expected.add(prediction: prediction, target: target, loss: prediction)
        }
        for ranks in 1...3 {
            let results = try ThreadCommunicator.run(rankCount: ranks) { communicator in
                var collector = MeasurementCollector(.regression, needs: [])
                for index in numbers.indices where index % ranks == communicator.rank {
                    let (prediction, target) = numbers[index]
                    collector.add(prediction: prediction, target: target, loss: prediction)
                }
                return try collector.measurement(over: communicator)
            }
            #expect(results.allSatisfy { $0 == .regression(expected) })
        }
    }
}
