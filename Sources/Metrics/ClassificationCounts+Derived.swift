/// How the values of single classes become one.
public enum ClassAverage: String, Sendable, Hashable, CaseIterable {
    /// The value of the second of two classes alone, the positive one.
    case binary
    /// The mean over the classes that occur, as labels or as predictions.
    case macro
    /// The value of all decisions together; for one label an image it is the accuracy.
    case micro
    /// The mean over classes, weighted by the number of images of each.
    case weighted
}

/// Precision, recall and F1, of one class or averaged.
///
/// All are 0 where they would be 0 / 0, as in scikit-learn.
public struct ClassScores: Sendable, Hashable {
    /// Of the images predicted to be of the class, the fraction that are.
    public let precision: Double
    /// Of the images of the class, the fraction predicted to be.
    public let recall: Double
    /// The harmonic mean of both.
    public let f1: Double
}

/// The derived values; fractions are from 0 to 1, and NaN over no images.
extension ClassificationCounts {
    /// The mean loss of an image.
    public var loss: Double { lossSum.value / Double(imageCount) }

    /// The fraction of images whose class had the largest score.
    public var accuracy: Double { Double(correctCount) / Double(imageCount) }

    /// The fraction of images whose class was among those with the largest scores.
    ///
    /// - Parameter k: How many classes are looked at.
    /// - Returns: The top-k accuracy.
    public func topAccuracy(_ k: Int) -> Double { Double(topCount(k)) / Double(imageCount) }

    /// The mean recall over the classes that have images.
    public var balancedAccuracy: Double {
        let recalls = (0..<classCount).filter { support(of: $0) > 0 }
            .map { scores(of: $0).recall }
        return recalls.reduce(0, +) / Double(recalls.count)
    }

    /// The number of images of a class.
    ///
    /// - Parameter label: The class.
    /// - Returns: The row sum of the confusion matrix.
    public func support(of label: Int) -> Int {
        (0..<classCount).reduce(0) { $0 + Int(confusion[label * classCount + $1]) }
    }

    /// The number of images predicted to be of a class.
    ///
    /// - Parameter label: The class.
    /// - Returns: The column sum of the confusion matrix.
    public func predictionCount(of label: Int) -> Int {
        (0..<classCount).reduce(0) { $0 + Int(confusion[$1 * classCount + label]) }
    }

    /// Precision, recall and F1 of a class.
    ///
    /// - Parameter label: The class.
    /// - Returns: The scores.
    public func scores(of label: Int) -> ClassScores {
        let hits = Double(confusion[label * (classCount + 1)])
        let predictions = predictionCount(of: label)
        let support = support(of: label)
        return ClassScores(
            precision: ratio(hits, Double(predictions)), recall: ratio(hits, Double(support)),
            f1: ratio(2 * hits, Double(predictions + support)))
    }

    /// Precision, recall and F1 of all classes together.
    ///
    /// - Parameter average: How the classes' values become one; `binary` is of two classes alone.
    /// - Returns: The scores; NaN over no images.
    public func scores(_ average: ClassAverage) -> ClassScores {
        if imageCount == 0 { return ClassScores(precision: .nan, recall: .nan, f1: .nan) }
        switch average {
        case .binary:
            precondition(classCount == 2, "\(classCount) classes have no positive one")
            return scores(of: 1)
        case .micro: return ClassScores(precision: accuracy, recall: accuracy, f1: accuracy)
        case .macro:
            return mean { support(of: $0) + predictionCount(of: $0) > 0 ? 1 : 0 }
        case .weighted: return mean { Double(support(of: $0)) }
        }
    }

    private func mean(weightedBy weight: (Int) -> Double) -> ClassScores {
        let weights = (0..<classCount).map(weight)
        let total = weights.reduce(0, +)
        let all = (0..<classCount).map { scores(of: $0) }
        func mean(_ value: (ClassScores) -> Double) -> Double {
            zip(all, weights).reduce(0) { $0 + value($1.0) * $1.1 } / total
        }
        return ClassScores(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
    }

    private func ratio(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }
}
