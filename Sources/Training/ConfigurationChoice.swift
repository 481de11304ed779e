import Communication
import Datasets
import Kernels

/// A value out of a short list of names.
public protocol ConfigurationChoice: ConfigurationValue, RawRepresentable<String>, CaseIterable {}

extension ConfigurationChoice {
    /// The names.
    public static var expectation: String {
        "one of " + allCases.map(\.rawValue).joined(separator: ", ")
    }
    /// The names.
    public static var suggestions: [String] { allCases.map(\.rawValue) }
    /// Reads a name.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) { self.init(rawValue: text) }
    /// The name.
    public var configurationText: String { rawValue }
}

extension DatasetName: ConfigurationValue {
    /// The names.
    public static var expectation: String { "one of " + usages.joined(separator: ", ") }
    /// The names.
    public static var suggestions: [String] { usages }
    /// Reads a name.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) { self.init(rawValue: text) }
    /// The name.
    public var configurationText: String { rawValue }
}
extension TableTask: ConfigurationChoice {}
extension ReductionMethod: ConfigurationChoice, Codable {}
extension ConvolutionMethod: ConfigurationChoice {}

/// The losses that can be chosen.
public enum LossName: String, Sendable, Codable, ConfigurationChoice {
    /// Cross-entropy of the softmax, the usual one for classes.
    case crossEntropy = "cross-entropy"
    /// The mean squared difference from the value, or from the one-hot label.
    case meanSquaredError = "mean-squared-error"
    /// Cross-entropy of a single output for two classes, of the softmax for more.
    case logistic
    /// That of support vector machines, one class against the rest.
    case hinge
    /// The square of the hinge loss.
    case squaredHinge = "squared-hinge"
    /// One minus the F1 score of each microbatch, with probabilities in place of decisions.
    case softF1 = "soft-f1"
}

/// How pixels become the numbers that a network sees.
public enum NormalizationName: String, Sendable, Codable, ConfigurationChoice {
    /// With the mean and deviation of the data set's training images.
    case dataset
    /// 0 to 1.
    case unit
    /// −1 to 1.
    case symmetric
}

/// The precision of the arithmetic.
public enum Precision: String, Sendable, Codable, ConfigurationChoice {
    /// IEEE binary32 throughout.
    case float32
}
