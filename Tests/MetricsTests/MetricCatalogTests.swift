import Diagnostics
import Metrics
import Randomness
import Testing

/// Every metric beside scikit-learn, to 1e-9 and in fact to some ulps: see
/// Reference/write_metrics.py.
@Suite struct MetricCatalogTests {
    private static let reference = MetricReference.shared

    private func expect(
        _ value: Double, _ expected: Double?, _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        if let expected {
            #expect(
                abs(value - expected) <= 1e-12 * max(1, abs(expected)),
                "\(name): \(value), expected \(expected)", sourceLocation: sourceLocation)
        } else {
            #expect(value.isNaN, "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: reference.classifications)
    func classification(_ reference: MetricReference.Classification) throws {
        let task = MetricTask.classification(
            classCount: reference.classCount, hasProbabilities: true)
        let measurement = reference.measurement(of: [Array(reference.labels.indices)])
        for (name, expected) in reference.values {
            let metric = try MetricCatalog.metric(named: name, for: task)
            expect(metric.value(of: measurement), expected, name)
        }
        let unchecked = MetricCatalog.names(for: task).filter { reference.values[$0] == nil }
        #expect(unchecked == ["loss"])
    }

    @Test(arguments: reference.regressions)
    func regression(_ reference: MetricReference.Regression) throws {
        let measurement = reference.measurement(of: [Array(reference.targets.indices)])
        for (name, expected) in reference.values {
            let metric = try MetricCatalog.metric(named: name, for: .regression)
            expect(metric.value(of: measurement), expected, name)
        }
        let names = MetricCatalog.names(for: .regression)
        #expect(names.filter { reference.values[$0] == nil } == ["loss"])
    }

    /// The variance of 0 and 1 in turn is 1/4, wherever they lie.
    @Test(arguments: [0, 1e6, 1e9, 1e15])
    func determinationFarFromZero(offset: Double) {
        var errors = RegressionErrors()
        for sample in 0..<1000 {
            let target = offset + Double(sample % 2)
            errors.add(prediction: offset + 0.5, target: target, loss: 0)
            errors.add(prediction: target, target: target, loss: 0)
        }
        #expect(errors.determination == 0.5)
    }

    @Test(arguments: reference.curves)
    func curves(_ reference: MetricReference.Curve) {
        var scores = RankedScores()
        for (score, label) in zip(reference.scores, reference.labels) {
            scores.add(score, isPositive: label == 1)
        }
        let curve = scores.curve
        #expect(curve.points.map(\.threshold) == [.infinity] + reference.thresholds)
        for (index, point) in curve.points.enumerated() {
            expect(
                curve.falsePositiveRate(at: point), reference.falsePositiveRates[index], "false")
            expect(curve.recall(at: point), reference.recalls[index], "recall")
            expect(point.precision, reference.precisions[index], "precision")
        }
        expect(scores.ranking.rocAUC, reference.rocAuc, "roc_auc")
        expect(scores.ranking.averagePrecision, reference.averagePrecision, "average_precision")
    }

    /// Samples in three orders, in parts of several sizes, some of them empty.
    private static func divisions(of count: Int) -> [[[Int]]] {
        [[0, count], [0, 0, count / 3, count], [0, 1, (count + 1) / 2, (count + 1) / 2, count]]
            .enumerated().map { trial, borders in
                let order = RandomKey(seed: UInt64(trial)).permutation(of: count).map { Int($0) }
                return zip(borders, borders.dropFirst()).map { Array(order[$0..<$1]) }
            }
    }

    @Test func anyDivisionGivesTheSameBits() {
        for reference in Self.reference.classifications {
            let whole = reference.measurement(of: [Array(reference.labels.indices)])
            for parts in Self.divisions(of: reference.labels.count) {
                #expect(reference.measurement(of: parts) == whole, "\(reference.name)")
            }
        }
        for reference in Self.reference.regressions {
            let whole = reference.measurement(of: [Array(reference.targets.indices)])
            for parts in Self.divisions(of: reference.targets.count) {
                #expect(reference.measurement(of: parts) == whole, "\(reference.name)")
            }
        }
    }

    @Test func nothingIsNaN() {
        let classes = ModelMeasurement.classification(
            counts: ClassificationCounts(classCount: 6), logLoss: LogLoss(),
            rankings: (0..<6).map { _ in RankedScores().ranking })
        for metric in MetricCatalog.all
        where metric.fits(.classification(classCount: 6, hasProbabilities: true)) {
            #expect(metric.value(of: classes).isNaN, "\(metric.name)")
        }
        for metric in MetricCatalog.all where metric.fits(.regression) {
            #expect(metric.value(of: .regression(RegressionErrors())).isNaN, "\(metric.name)")
        }
    }

    @Test func scoresThatAreNoNumbers() {
        var scores = RankedScores()
        for (score, isPositive) in [(Float.infinity, true), (1, false), (-.infinity, false)] {
            scores.add(score, isPositive: isPositive)
        }
        #expect(scores.ranking.rocAUC == 1 && scores.curve.points.count == 4)
        for sign in [Float(1), -1] {
            var broken = scores
            broken.add(sign * .nan, isPositive: false)
            #expect(broken.ranking.rocAUC.isNaN && broken.ranking.averagePrecision.isNaN)
            #expect(broken.curve.points.count == 1)
        }
        var loss = LogLoss()
        loss.add(probability: .nan)
        #expect(loss.value.isNaN)
        var errors = RegressionErrors()
        for target in [1.0, 2] { errors.add(prediction: .nan, target: target, loss: 0) }
        #expect(errors.determination.isNaN && errors.meanAbsoluteError.isNaN)
    }

    @Test func onlyRankingsNeedScores() {
        let needy = MetricCatalog.all.filter { $0.needs.contains(.rankings) }.map(\.name)
        #expect(needy == ["roc_auc", "average_precision"])
        #expect(MetricCatalog.all.filter { $0.needs == .logLoss }.map(\.name) == ["log_loss"])
    }

    @Test(
        arguments: [
            ("roc_acu", nil, "is not known", "roc_auc"),
            ("roc_auc", .regression, "means nothing for regression", nil),
            (
                "f1_binary", .classification(classCount: 10, hasProbabilities: true),
                "means nothing for 10 classes", "f1_micro"
            ),
            (
                "top5_accuracy", .classification(classCount: 5, hasProbabilities: true),
                "means nothing for 5 classes", "top3_accuracy"
            ),
            (
                "log_loss", .classification(classCount: 3, hasProbabilities: false),
                "means nothing for 3 classes without probabilities", "loss"
            ),
            ("top1_accuracy", nil, "is not known", "top3_accuracy"),
            ("top03_accuracy", nil, "is not known", "top3_accuracy"),
        ] as [(String, MetricTask?, String, String?)])
    func refusals(name: String, task: MetricTask?, problem: String, nearest: String?) throws {
        let failure = try #require(throws: Failure.self) {
            try MetricCatalog.metric(named: name, for: task)
        }
        #expect(failure.exitCode == .usage)
        #expect(failure.description.hasPrefix("--metrics: \(name) \(problem), expected one of "))
        if let nearest {
            #expect(failure.description.hasSuffix("; did you mean \(nearest)?"))
        } else {
            #expect(!failure.description.contains("did you mean"))
        }
    }

    @Test func whatIsMeasured() throws {
        func names(_ chosen: [String], _ task: MetricTask?) throws -> [String] {
            try MetricCatalog.measured(chosen, for: task).map(\.name)
        }
        #expect(
            try names(["f1", "accuracy", "none", "f1"], nil) == ["loss", "accuracy", "f1"])
        #expect(try names(["r2"], .regression) == ["loss", "r2"])
    }
}
