/// What a classifier did on a number of images, counted exactly.
///
/// Values over parts of a data set merge into the value over the whole, the loss included: it is an
/// exact sum, so it does not depend on how the images were divided.
public struct ClassificationCounts: MergeableMetric {
    /// The number of classes.
    public let classCount: Int
    /// The k of `topCount`.
    public let topClassCount: Int
    /// The number of images.
    public private(set) var imageCount = 0
    /// The number of images whose class was among the k with the largest scores.
    public private(set) var topCount = 0
    /// The sum of the images' losses.
    public private(set) var lossSum = ExactSum()
    /// The number of images by class and predicted class: [class, predicted class].
    public private(set) var confusion: [Int64]

    /// Creates counts of nothing.
    ///
    /// - Parameters:
    ///   - classCount: The number of classes, at least 1.
    ///   - topClassCount: The k of top-k accuracy; with fewer classes every image counts.
    public init(classCount: Int, topClassCount: Int = 5) {
        precondition(
            classCount > 0 && topClassCount > 0,
            "counts of \(classCount) classes, top \(topClassCount), make no sense")
        self.classCount = classCount
        self.topClassCount = topClassCount
        confusion = Array(repeating: 0, count: classCount * classCount)
    }

    /// The number of images whose class had the largest score.
    public var correctCount: Int {
        (0..<classCount).reduce(0) { $0 + Int(confusion[$1 * (classCount + 1)]) }
    }

    /// Counts one image.
    ///
    /// Of equal scores that of the lower class is the larger; NaN is the smallest.
    ///
    /// - Parameters:
    ///   - scores: Logits or probabilities, [class].
    ///   - label: The class of the image.
    ///   - loss: Its loss.
    public mutating func add(scores: UnsafeBufferPointer<Float>, label: Int, loss: Double) {
        precondition(
            scores.count == classCount && (0..<classCount).contains(label),
            "\(scores.count) scores and label \(label) do not fit \(classCount) classes")
        func isLess(_ first: Int, _ second: Int) -> Bool {
            let (a, b) = (scores[first], scores[second])
            if a.isNaN || b.isNaN { return a.isNaN && (!b.isNaN || first > second) }
            return a < b || (a == b && first > second)
        }
        var predicted = 0
        var largerCount = 0
        for other in 0..<classCount {
            if isLess(predicted, other) { predicted = other }
            if isLess(label, other) { largerCount += 1 }
        }
        imageCount += 1
        confusion[label * classCount + predicted] += 1
        if largerCount < topClassCount { topCount += 1 }
        lossSum.add(loss)
    }

    /// Counts the images of a batch.
    ///
    /// - Parameters:
    ///   - scores: Logits or probabilities, [image, class].
    ///   - labels: The classes, [image].
    ///   - losses: The losses, [image].
    public mutating func add(
        scores: UnsafeBufferPointer<Float>, labels: some Collection<some BinaryInteger>,
        losses: UnsafeBufferPointer<Float>
    ) {
        precondition(
            scores.count == labels.count * classCount && losses.count == labels.count,
            "\(scores.count) scores of \(classCount) classes, \(labels.count) labels and "
                + "\(losses.count) losses do not fit together")
        for (image, label) in labels.enumerated() {
            let row = scores[image * classCount..<(image + 1) * classCount]
            add(
                scores: UnsafeBufferPointer(rebasing: row), label: Int(label),
                loss: Double(losses[image]))
        }
    }

    /// Takes in what was counted over other images.
    ///
    /// - Parameter other: Counts with as many classes and the same k.
    public mutating func merge(_ other: ClassificationCounts) {
        precondition(
            classCount == other.classCount && topClassCount == other.topClassCount,
            "counts of \(classCount) classes, top \(topClassCount), and of \(other.classCount), "
                + "top \(other.topClassCount), cannot be merged")
        replace(withFlattened: zip(flattened, other.flattened).map { $0 + $1 })
    }

    /// The numbers of images and of top-k hits, the loss and the confusion matrix.
    public var flattened: [Int64] {
        [Int64(imageCount), Int64(topCount)] + lossSum.flattened + confusion
    }

    /// Replaces everything that was counted.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    public mutating func replace(withFlattened flattened: [Int64]) {
        let lossEnd = 2 + ExactSum.flattenedCount
        precondition(
            flattened.count == lossEnd + confusion.count,
            "counts of \(classCount) classes are \(lossEnd + confusion.count) integers, "
                + "got \(flattened.count)")
        imageCount = Int(flattened[0])
        topCount = Int(flattened[1])
        lossSum.replace(withFlattened: Array(flattened[2..<lossEnd]))
        confusion = Array(flattened[lossEnd...])
    }
}
