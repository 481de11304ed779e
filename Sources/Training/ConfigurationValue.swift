/// A value of a configuration that is written as text, on the command line and in files alike.
public protocol ConfigurationValue: Equatable, Sendable {
    /// What messages say a text has to be, such as `a whole number`.
    static var expectation: String { get }
    /// Texts of which the nearest is proposed for one that is no value.
    static var suggestions: [String] { get }
    /// Reads a value.
    ///
    /// - Parameter text: What the user wrote; nil comes back if it is no such value.
    init?(configurationText text: String)
    /// The value as a user would write it.
    var configurationText: String { get }
}

extension ConfigurationValue {
    /// None.
    public static var suggestions: [String] { [] }
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
