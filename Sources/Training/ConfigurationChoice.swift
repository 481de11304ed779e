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
    /// Reads a name.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) { self.init(rawValue: text) }
    /// The name.
    public var configurationText: String { rawValue }
}

extension DatasetName: ConfigurationChoice {}
extension ReductionMethod: ConfigurationChoice, Codable {}
extension ConvolutionMethod: ConfigurationChoice {}

/// The losses that can be chosen.
public enum LossName: String, Sendable, Codable, ConfigurationChoice {
    /// Cross-entropy of the softmax, the usual one for classes.
    case crossEntropy = "cross-entropy"
    /// The mean squared difference from the one-hot label.
    case meanSquaredError = "mean-squared-error"
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
