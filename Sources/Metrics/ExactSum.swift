/// The sum of any floating-point numbers without rounding, so that no order changes a bit of it.
///
/// The sum is held as a fixed-point number over the whole range of `Double`, in digits of 32 bits
/// that are kept in 64, so carries need no attention for the first 2³¹ numbers and parts are merged
/// by adding digits. Infinities and NaN are counted beside it.
///
/// Source: the long accumulator of Kulisch & Miranker 1986.
public struct ExactSum: MergeableMetric {
    /// Digits of weight 2^(32·i − 1074), each with a sign of its own.
    private var digits = [Int64](repeating: 0, count: digitCount)
    /// How often +∞, −∞ and NaN were added.
    private var specials = [Int64](repeating: 0, count: 3)

    private static let digitCount = 66
    /// The weight of the lowest bit is 2 to the minus this.
    private static let fractionBitCount = 1074

    /// Creates a sum of nothing: zero.
    public init() {}

    /// Adds a number.
    ///
    /// - Parameter number: Any number, also infinite or NaN.
    public mutating func add(_ number: Double) {
        guard number.isFinite else {
            specials[number.isNaN ? 2 : number > 0 ? 0 : 1] += 1
            return
        }
        let isNormal = number.exponentBitPattern > 0
        // The significand as an integer, and how far it is shifted from the lowest bit.
        let significand = number.significandBitPattern | (isNormal ? 1 << 52 : 0)
        let shift = isNormal ? Int(number.exponentBitPattern) - 1 : 0
        var rest = UInt128(significand) << UInt128(shift % 32)
        var digit = shift / 32
        while rest != 0 {
            let part = Int64(UInt32(truncatingIfNeeded: rest))
            digits[digit] += number.sign == .minus ? -part : part
            rest >>= 32
            digit += 1
        }
    }

    /// The sum, rounded once to the nearest `Double`.
    public var value: Double {
        if specials[2] > 0 || (specials[0] > 0 && specials[1] > 0) { return .nan }
        if specials[0] > 0 { return .infinity }
        if specials[1] > 0 { return -.infinity }
        let normalized = Self.normalized(digits)
        guard let top = normalized.lastIndex(where: { $0 != 0 }) else { return 0 }
        // Digits above the last are 0 to 2³² − 1, the top one carries the sign: the magnitude is
        // that of the negated digits if it is negative.
        if normalized[top] < 0 { return -Self.rounded(Self.normalized(digits.map { -$0 })) }
        return Self.rounded(normalized)
    }

    /// Carries from digit to digit, so that all but the last are in 0 ..< 2³².
    private static func normalized(_ digits: [Int64]) -> [Int64] {
        var result = digits
        for index in 0..<result.count - 1 {
            let carry = result[index] >> 32
            result[index] -= carry << 32
            result[index + 1] += carry
        }
        return result
    }

    /// Rounds a normalized positive number.
    private static func rounded(_ digits: [Int64]) -> Double {
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
        let lowest = max(0, top - 2)
        var head: UInt128 = 0
        for digit in digits[lowest...top].reversed() { head = head << 32 | UInt128(digit) }
        // All that matters of the lower digits for rounding is whether they are all zero.
        if digits[..<lowest].contains(where: { $0 != 0 }) { head |= 1 }
        return Double(
            sign: .plus, exponent: 32 * lowest - fractionBitCount, significand: Double(head))
    }

    /// Whether the sums are the same number, however they were made.
    ///
    /// - Parameters:
    ///   - first: A sum.
    ///   - second: Another one.
    /// - Returns: Whether they are equal; counts of NaN are.
    public static func == (first: ExactSum, second: ExactSum) -> Bool {
        first.flattened == second.flattened
    }

    /// Adds another sum.
    ///
    /// - Parameter other: The sum of other numbers.
    public mutating func merge(_ other: ExactSum) {
        replace(withFlattened: zip(flattened, other.flattened).map { $0 + $1 })
    }

    /// All digits, then the numbers of +∞, −∞ and NaN; equal for equal sums.
    public var flattened: [Int64] { Self.normalized(digits) + specials }

    /// Replaces the sum, also by digits that were added up without carrying.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    public mutating func replace(withFlattened flattened: [Int64]) {
        precondition(
            flattened.count == Self.flattenedCount,
            "an exact sum has \(Self.flattenedCount) integers, got \(flattened.count)")
        // Carried, so that there is room for 2³¹ more numbers.
        digits = Self.normalized(Array(flattened[..<Self.digitCount]))
        specials = Array(flattened[Self.digitCount...])
    }

    /// The number of integers in `flattened`.
    static let flattenedCount = digitCount + 3
}
