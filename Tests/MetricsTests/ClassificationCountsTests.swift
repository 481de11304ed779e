import Foundation
import Metrics
import Testing

/// The numbers of scikit-learn: see Reference/write_reference.py.
private struct Reference: Decodable {
    let classCount: Int
    let labels: [Int]
    let scores: [Float]
    let losses: [Float]
    let confusion: [Int64]
    let lossSum: Double
    let accuracy: Double
    let top5Accuracy: Double
    let balancedAccuracy: Double
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]
    let support: [Int]
    let macro: [Double]
    let micro: [Double]
    let weighted: [Double]

    init() throws {
        let url = try #require(
            Bundle.module.url(forResource: "classification", withExtension: "json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Reference.self, from: Data(contentsOf: url))
    }

    /// Counts of some of the images.
    func counts(_ images: Range<Int>) -> ClassificationCounts {
        var counts = ClassificationCounts(classCount: classCount)
        Array(scores[images.lowerBound * classCount..<images.upperBound * classCount])
            .withUnsafeBufferPointer { scores in
                Array(losses[images]).withUnsafeBufferPointer { losses in
                    counts.add(scores: scores, labels: labels[images], losses: losses)
                }
            }
        return counts
    }
}

@Suite struct ClassificationCountsTests {
    private let reference: Reference

    init() throws { reference = try Reference() }

    private func expectClose(
        _ found: Double, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            abs(found - expected) <= 1e-12 * max(1, abs(expected)),
            sourceLocation: sourceLocation)
    }

    @Test func countsAreThoseOfScikitLearn() {
        let counts = reference.counts(0..<83)
        #expect(counts.imageCount == 83)
        #expect(counts.confusion == reference.confusion)
        #expect(counts.lossSum.value == reference.lossSum)
        expectClose(counts.loss, reference.lossSum / 83)
        expectClose(counts.accuracy, reference.accuracy)
        expectClose(counts.topAccuracy(5), reference.top5Accuracy)
        expectClose(counts.balancedAccuracy, reference.balancedAccuracy)
    }

    @Test func classScoresAreThoseOfScikitLearn() {
        let counts = reference.counts(0..<83)
        for label in 0..<8 {
            let scores = counts.scores(of: label)
            expectClose(scores.precision, reference.precision[label])
            expectClose(scores.recall, reference.recall[label])
            expectClose(scores.f1, reference.f1[label])
            #expect(counts.support(of: label) == reference.support[label])
        }
    }

    @Test func averagesAreThoseOfScikitLearn() {
        let counts = reference.counts(0..<83)
        let averages: [(ClassAverage, [Double])] = [
            (.macro, reference.macro), (.micro, reference.micro), (.weighted, reference.weighted),
        ]
        for (average, expected) in averages {
            let scores = counts.scores(average)
            expectClose(scores.precision, expected[0])
            expectClose(scores.recall, expected[1])
            expectClose(scores.f1, expected[2])
        }
    }

    @Test(arguments: [[0, 83], [0, 0, 83], [0, 40, 83], [0, 1, 2, 50, 83, 83]])
    func partsMergeExactly(borders: [Int]) {
        let whole = reference.counts(0..<83)
        var merged = ClassificationCounts(classCount: 8)
        var flattened = [Int64](repeating: 0, count: merged.flattened.count)
        for (begin, end) in zip(borders, borders.dropFirst()) {
            let part = reference.counts(begin..<end)
            merged.merge(part)
            // As a communicator would.
            flattened = zip(flattened, part.flattened).map { $0 + $1 }
        }
        #expect(merged == whole)
        #expect(merged.loss == whole.loss)
        var summed = ClassificationCounts(classCount: 8)
        summed.replace(withFlattened: flattened)
        #expect(summed == whole)
        #expect(summed.flattened == whole.flattened)
    }

    @Test func tiesAndNaN() {
        var counts = ClassificationCounts(classCount: 4)
        func add(_ scores: [Float], _ label: Int) {
            scores.withUnsafeBufferPointer { counts.add(scores: $0, label: label, loss: 0) }
        }
        add([1, 1, 1, 1], 0)
        add([1, 1, 1, 1], 1)
        add([1, 1, 1, 1], 2)
        #expect((counts.correctCount, counts.topCount(2)) == (1, 2))
        add([.nan, 0, .nan, -1], 1)
        add([.nan, 0, .nan, -1], 3)
        add([.nan, 0, .nan, -1], 0)
        #expect((counts.correctCount, counts.topCount(2)) == (2, 4))
        add([.nan, .nan, .nan, .nan], 0)
        #expect((counts.correctCount, counts.topCount(2), counts.imageCount) == (3, 5, 7))
    }

    @Test func fewerClassesThanTheTop() {
        var counts = ClassificationCounts(classCount: 3)
        [Float(3), 2, 1].withUnsafeBufferPointer { counts.add(scores: $0, label: 2, loss: 1) }
        #expect((counts.accuracy, counts.topAccuracy(2), counts.topAccuracy(5)) == (0, 0, 1))
    }
}
