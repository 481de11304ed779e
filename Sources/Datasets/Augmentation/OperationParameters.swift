import Diagnostics

/// The words after an operation's name, which the operation takes one after the other.
public struct OperationParameters {
    /// The flag that the operation was given to, as in `--augment`.
    let flag: String
    private let name: String
    private let usage: String
    private let words: [String]
    private let allowsRanges: Bool
    private var taken = 0

    /// Splits an operation as a user wrote it.
    ///
    /// - Parameters:
    ///   - kind: The operation.
    ///   - words: What followed its name, between colons.
    ///   - flag: The flag.
    ///   - allowsRanges: Whether the operation may choose at random.
    init(
        of kind: any ImageOperation.Type, _ words: [String], flag: String, allowsRanges: Bool
    ) {
        name = kind.name
        usage = kind.usage
        self.words = words
        self.flag = flag
        self.allowsRanges = allowsRanges
    }

    /// The failure for parameters that are not understood.
    ///
    /// - Parameter hint: What is known of the parameter.
    /// - Returns: The failure, with `.usage`.
    func misunderstood(_ hint: String? = nil) -> Failure {
        Failure(
            .usage, in: flag, expected: usage,
            found: "\"\(([name] + words).joined(separator: ":"))\"", fix: hint)
    }

    /// Takes a whole number.
    ///
    /// - Parameters:
    ///   - label: What the usage calls it.
    ///   - limits: The values that are allowed.
    ///   - standard: Its value if it was left out; nil if it must be there.
    /// - Returns: The number.
    /// - Throws: `Failure` with `.usage`.
    mutating func integer(
        _ label: String, in limits: ClosedRange<Int>, default standard: Int? = nil
    ) throws -> Int {
        let hint = "\(label) is a whole number from \(limits.lowerBound) to \(limits.upperBound)"
        return try take(hint, default: standard) { word in
            Int(word).flatMap { limits.contains($0) ? $0 : nil }
        }
    }

    /// Takes a number.
    ///
    /// - Parameters:
    ///   - label: What the usage calls it.
    ///   - limits: The values that are allowed.
    ///   - standard: Its value if it was left out; nil if it must be there.
    /// - Returns: The number.
    /// - Throws: `Failure` with `.usage`.
    mutating func number(
        _ label: String, in limits: ClosedRange<Double>, default standard: Double? = nil
    ) throws -> Double {
        try take("\(label) is a number from \(text(limits))", default: standard) { word in
            Double(word).flatMap { limits.contains($0) ? $0 : nil }
        }
    }

    /// Takes a range, as in `0.5..1.5`, or a single number that stands for one.
    ///
    /// - Parameters:
    ///   - label: What the usage calls it.
    ///   - limits: The values that are allowed.
    ///   - single: What a single number means.
    /// - Returns: The range.
    /// - Throws: `Failure` with `.usage`.
    mutating func range(
        _ label: String, in limits: ClosedRange<Double>, single: ParameterRange.Single
    ) throws -> ParameterRange {
        guard allowsRanges else {
            let value = try number(label, in: limits)
            return ParameterRange(value, value)
        }
        let meaning =
            switch single {
            case .around(0): "X for -X to X"
            case .around(let centre): "X for \(centre.short) - X to \(centre.short) + X"
            case .fixed: "X for always X"
            }
        let hint = "\(label) is LOW..HIGH from \(text(limits)), or \(meaning)"
        return try take(hint) { word in
            guard let (low, high) = Self.ends(word, single), low <= high,
                limits.contains(low), limits.contains(high)
            else { return nil }
            return ParameterRange(low, high)
        }
    }

    /// Takes the name of a fill, if there is one more word.
    ///
    /// - Returns: The fill, or nil if none is named.
    /// - Throws: `Failure` with `.usage`.
    mutating func fill() throws -> Fill? {
        guard taken < words.count else { return nil }
        let names = Fill.allCases.map(\.rawValue).joined(separator: ", ")
        return try take("FILL is one of \(names)", Fill.init(rawValue:))
    }

    /// Takes a size: `SIDE`, or `HEIGHTxWIDTH`.
    ///
    /// - Returns: The numbers, one or two.
    /// - Throws: `Failure` with `.usage`.
    mutating func size() throws -> [Int] {
        let limits = 1...4096
        return try take("SIDE, or HEIGHTxWIDTH, of 1 to \(limits.upperBound) pixels") { word in
            let numbers = word.split(separator: "x", omittingEmptySubsequences: false).map {
                Int($0).flatMap { limits.contains($0) ? $0 : nil }
            }
            guard (1...2).contains(numbers.count) else { return nil }
            let sides = numbers.compactMap { $0 }
            return sides.count == numbers.count ? sides : nil
        }
    }

    /// Refuses words that nobody has taken.
    ///
    /// - Throws: `Failure` with `.usage`.
    func end() throws {
        guard taken == words.count else { throw misunderstood() }
    }

    private mutating func take<Value>(
        _ hint: String, default standard: Value? = nil, _ read: (String) -> Value?
    ) throws -> Value {
        guard taken < words.count else {
            guard let standard else { throw misunderstood(hint) }
            return standard
        }
        guard let value = read(words[taken]) else { throw misunderstood(hint) }
        taken += 1
        return value
    }

    private static func ends(
        _ word: String, _ single: ParameterRange.Single
    ) -> (low: Double, high: Double)? {
        if let dots = word.firstRange(of: "..") {
            guard let low = Double(word[..<dots.lowerBound]),
                let high = Double(word[dots.upperBound...])
            else { return nil }
            return (low, high)
        }
        guard let value = Double(word) else { return nil }
        return switch single {
        case .around(let centre): (centre - value, centre + value)
        case .fixed: (value, value)
        }
    }

    private func text(_ limits: ClosedRange<Double>) -> String {
        "\(limits.lowerBound.short) to \(limits.upperBound.short)"
    }
}

extension Double {
    /// The number as a user writes it, without `.0`.
    var short: String { self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)" }
}
