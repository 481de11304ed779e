import Randomness

/// The values among which an operation chooses, each as likely as any other.
public struct ParameterRange: Hashable, Sendable {
    /// The smallest value.
    public let low: Double
    /// The largest value.
    public let high: Double

    /// Creates a range.
    ///
    /// - Parameters:
    ///   - low: The smallest value, finite.
    ///   - high: The largest value, finite, not less than the smallest.
    public init(_ low: Double, _ high: Double) {
        precondition(
            low.isFinite && high.isFinite && low <= high, "no range from \(low) to \(high)")
        (self.low, self.high) = (low, high)
    }

    /// One of the values.
    ///
    /// - Parameters:
    ///   - key: The random numbers of the operation for the image.
    ///   - index: Which of the key's numbers.
    /// - Returns: The value.
    func value(_ key: RandomKey, at index: Int) -> Double {
        low + (high - low) * Double(key.uniform(at: index))
    }

    /// What a single number X stands for, where a range may stand.
    enum Single {
        /// From `centre` − X to `centre` + X.
        case around(_ centre: Double)
        /// X alone.
        case fixed
    }
}
