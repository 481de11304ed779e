import Communication
import Datasets
import Diagnostics
import Optimizers

/// A value of a configuration that is written as text, on the command line and in files alike.
public protocol ConfigurationValue: Equatable, Sendable {
    /// What messages say a text has to be, such as `a whole number`.
    static var expectation: String { get }
    /// Reads a value.
    ///
    /// - Parameter text: What the user wrote; nil comes back if it is no such value.
    init?(configurationText text: String)
    /// The value as a user would write it.
    var configurationText: String { get }
}

extension Int: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "a whole number" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) { self.init(text.replacing("_", with: "")) }
    /// As `ConfigurationValue` says.
    public var configurationText: String { description }
}

extension UInt64: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "a whole number of at least 0" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) { self.init(text) }
    /// As `ConfigurationValue` says.
    public var configurationText: String { description }
}

extension Double: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "a number" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        guard let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String { description }
}

extension Bool: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "true or false" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        switch text.lowercased() {
        case "true", "yes", "on": self = true
        case "false", "no", "off": self = false
        default: return nil
        }
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String { description }
}

extension String: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "a text" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        guard !text.isEmpty else { return nil }
        self = text
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String { self }
}

/// Words with commas between them.
extension [String]: ConfigurationValue {
    /// As `ConfigurationValue` says.
    public static var expectation: String { "names with commas between them" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimming(while: \.isWhitespace)) }
        guard !words.contains("") else { return nil }
        self = words
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String { joined(separator: ",") }
}

extension Substring {
    /// The text without such characters at its ends.
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        guard let first = firstIndex(where: { !isTrimmed($0) }),
            let last = lastIndex(where: { !isTrimmed($0) })
        else { return "" }
        return self[first...last]
    }
}

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
extension ReductionMethod: ConfigurationChoice {}

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

/// When a run goes on with what another one left.
public enum ResumeChoice: Hashable, Sendable, ConfigurationValue {
    /// With the newest good checkpoint of the run directory, if there is one.
    case auto
    /// Never: the run directory must be new.
    case never
    /// With a given run directory or checkpoint.
    case folder(String)

    /// As `ConfigurationValue` says.
    public static var expectation: String { "auto, never or a folder" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        switch text {
        case "": return nil
        case "auto": self = .auto
        case "never": self = .never
        default: self = .folder(text)
        }
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String {
        switch self {
        case .auto: "auto"
        case .never: "never"
        case .folder(let path): path
        }
    }
}

/// How often a checkpoint is written, as in `1epoch` and `500steps`.
public enum CheckpointInterval: Hashable, Sendable, ConfigurationValue {
    /// At the end of every so many epochs.
    case epochs(Int)
    /// After every so many optimizer steps.
    case steps(Int)

    /// As `ConfigurationValue` says.
    public static var expectation: String {
        "a number of epochs or steps, as in 1epoch or 500steps"
    }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        let digits = text.prefix(while: \.isNumber)
        guard let count = Int(digits), count > 0 else { return nil }
        switch text.dropFirst(digits.count) {
        case "epoch", "epochs": self = .epochs(count)
        case "step", "steps": self = .steps(count)
        default: return nil
        }
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String {
        switch self {
        case .epochs(let count): "\(count)epoch\(count == 1 ? "" : "s")"
        case .steps(let count): "\(count)step\(count == 1 ? "" : "s")"
        }
    }
}

/// A length of time, as in `2h30m`, `90s` or `1d`.
public struct TimeSpan: Hashable, Sendable, ConfigurationValue {
    /// The length.
    public let duration: Duration

    /// Creates a length of time.
    ///
    /// - Parameter duration: The length, at least a second.
    public init(_ duration: Duration) { self.duration = duration }

    /// As `ConfigurationValue` says.
    public static var expectation: String { "a time such as 2h30m, 45m or 90s" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        var seconds = 0
        var digits = ""
        var lastUnit = Int.max
        for character in text {
            if character.isASCII && character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = Self.units[character], unit < lastUnit, let count = Int(digits),
                count < 1_000_000_000
            else { return nil }
            seconds += count * unit
            lastUnit = unit
            digits = ""
        }
        guard digits.isEmpty, seconds > 0 else { return nil }
        duration = .seconds(seconds)
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String {
        var rest = Int(duration.components.seconds)
        var text = ""
        for (name, unit) in Self.units.sorted(by: { $0.value > $1.value }) where rest >= unit {
            text += "\(rest / unit)\(name)"
            rest %= unit
        }
        return text
    }

    private static let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
}

/// Values whose form in files is their text.
protocol CodableAsText: ConfigurationValue, Codable {}

extension CodableAsText {
    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(configurationText: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected \(Self.expectation), found \(text)")
        }
        self = value
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(configurationText)
    }
}

extension ResumeChoice: CodableAsText {}
extension CheckpointInterval: CodableAsText {}
extension TimeSpan: CodableAsText {}
extension ReductionMethod: Codable {}
