/// The values of a classification that have names in logs and on the command line.
public enum ClassificationMetric: String, Sendable, Hashable, CaseIterable {
    /// The mean loss of an image.
    case loss
    /// The fraction of images whose class had the largest score.
    case accuracy
    /// The fraction of images whose class was among the five with the largest scores.
    case top5Accuracy = "top5_accuracy"
    /// The mean recall over the classes that have images.
    case balancedAccuracy = "balanced_accuracy"
    /// The macro average of the classes' precisions.
    case precision
    /// The macro average of the classes' recalls.
    case recall
    /// The macro average of the classes' F1.
    case f1
    /// The F1 of all decisions together.
    case f1Micro = "f1_micro"
    /// The average of the classes' F1, weighted by their numbers of images.
    case f1Weighted = "f1_weighted"

    /// Which values are better.
    public var direction: Monitor.Direction { self == .loss ? .minimize : .maximize }

    /// The metric of what was counted.
    ///
    /// - Parameter counts: For `top5Accuracy`, counts of the top 5.
    /// - Returns: The value; NaN over no images.
    public func value(of counts: ClassificationCounts) -> Double {
        switch self {
        case .loss: return counts.loss
        case .accuracy: return counts.accuracy
        case .top5Accuracy:
            precondition(
                counts.topClassCount == 5, "top-5 accuracy of counts of top \(counts.topClassCount)"
            )
            return counts.topAccuracy
        case .balancedAccuracy: return counts.balancedAccuracy
        case .precision: return counts.scores(.macro).precision
        case .recall: return counts.scores(.macro).recall
        case .f1: return counts.scores(.macro).f1
        case .f1Micro: return counts.scores(.micro).f1
        case .f1Weighted: return counts.scores(.weighted).f1
        }
    }
}
