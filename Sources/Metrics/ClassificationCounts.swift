/// What a classifier did on a number of images, counted exactly.
///
/// Values over parts of a data set merge into the value over the whole, the loss included: it is an
/// exact sum, so it does not depend on how the images were divided.
public struct ClassificationCounts: MergeableMetric {
    /// The number of classes.
    public let classCount: Int
    /// The number of images by how many classes had larger scores than their own: [classes above].
    public private(set) var placeCounts: [Int64]
    /// The sum of the images' losses.
    public private(set) var lossSum = ExactSum()
    /// The number of images by class and predicted class: [class, predicted class].
    public private(set) var confusion: [Int64]

    /// Creates counts of nothing.
    ///
    /// - Parameter classCount: The number of classes, at least 1.
    public init(classCount: Int) {
        precondition(classCount > 0, "counts of \(classCount) classes make no sense")
        self.classCount = classCount
        placeCounts = Array(repeating: 0, count: classCount)
        confusion = Array(repeating: 0, count: classCount * classCount)
    }

    /// The number of images.
    public var imageCount: Int { topCount(classCount) }

    /// The number of images whose class had the largest score.
    public var correctCount: Int { topCount(1) }

    /// The number of images whose class was among those with the largest scores.
    ///
    /// - Parameter k: How many classes are looked at; all images count where there are no more.
    /// - Returns: The number.
    public func topCount(_ k: Int) -> Int { placeCounts.prefix(k).reduce(0) { $0 + Int($1) } }

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
        confusion[label * classCount + predicted] += 1
        placeCounts[largerCount] += 1
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
    /// - Parameter other: Counts with as many classes.
    public mutating func merge(_ other: ClassificationCounts) {
        precondition(
            classCount == other.classCount,
            "counts of \(classCount) and of \(other.classCount) classes cannot be merged")
        replace(withFlattened: zip(flattened, other.flattened).map { $0 + $1 })
    }

    /// The numbers of images by place, the loss and the confusion matrix.
    public var flattened: [Int64] { placeCounts + lossSum.flattened + confusion }

    /// Replaces everything that was counted.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    public mutating func replace(withFlattened flattened: [Int64]) {
        let lossEnd = classCount + ExactSum.flattenedCount
        precondition(
            flattened.count == lossEnd + confusion.count,
            "counts of \(classCount) classes are \(lossEnd + confusion.count) integers, "
                + "got \(flattened.count)")
        placeCounts = Array(flattened[..<classCount])
        lossSum.replace(withFlattened: Array(flattened[classCount..<lossEnd]))
        confusion = Array(flattened[lossEnd...])
    }
}
