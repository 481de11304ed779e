/// A length of time, as in `2h30m`, `90s` or `1d`.
public struct TimeSpan: Hashable, Sendable, CodableAsText {
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
