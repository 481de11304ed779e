/// Decimal numbers in text, to the nearest double.
enum DecimalNumber {
    /// Reads the longest number that begins at a place: digits with a sign, a point and an exponent.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - start: Where the number begins.
    ///   - end: The text's end.
    /// - Returns: The value, infinite beyond the range of doubles, and the place behind it, which is
    ///   `start` where there is no number.
    @inline(__always)
    static func parse(
        _ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
    ) -> (value: Double, next: Int) {
        guard start < end else { return (0, start) }
        // Without a branch, since signs cannot be foreseen.
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var place = start + (isNegative ? 1 : 0) + (bytes[start] == UInt8(ascii: "+") ? 1 : 0)
        var mantissa: UInt64 = 0
        let digits = place
        place = parseDigits(bytes, from: place, to: end, into: &mantissa)
        var digitCount = place - digits
        var exponent = 0
        if place < end && bytes[place] == UInt8(ascii: ".") {
            let fraction = place + 1
            place = parseDigits(bytes, from: fraction, to: end, into: &mantissa)
            exponent = fraction - place
            digitCount -= exponent
        }
        guard digitCount > 0 else { return (0, start) }
        if place < end && bytes[place] | 0x20 == UInt8(ascii: "e") {
            place = parseExponent(bytes, from: place, to: end, into: &exponent)
        }
        guard digitCount <= 19, let magnitude = value(of: mantissa, exponent: exponent) else {
            return (slowValue(bytes + start, count: place - start), place)
        }
        return (isNegative ? -magnitude : magnitude, place)
    }

    @inline(__always)
    private static func parseDigits(
        _ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, into mantissa: inout UInt64
    ) -> Int {
        var place = start
        while place < end {
            let digit = bytes[place] &- UInt8(ascii: "0")
            if digit > 9 { break }
            // Wraps beyond 19 digits, whose value is computed in another way.
            mantissa = mantissa &* 10 &+ UInt64(digit)
            place += 1
        }
        return place
    }

    /// Reads `e-12`; what is no exponent does not belong to the number.
    private static func parseExponent(
        _ bytes: UnsafePointer<UInt8>, from letter: Int, to end: Int, into exponent: inout Int
    ) -> Int {
        var place = letter + 1
        var isNegative = false
        if place < end && (bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+")) {
            isNegative = bytes[place] == UInt8(ascii: "-")
            place += 1
        }
        var magnitude = 0
        let digits = place
        while place < end {
            let digit = bytes[place] &- UInt8(ascii: "0")
            if digit > 9 { break }
            magnitude = min(100_000, magnitude * 10 + Int(digit))
            place += 1
        }
        guard place > digits else { return letter }
        exponent += isNegative ? -magnitude : magnitude
        return place
    }

    /// mantissa · 10^exponent, correctly rounded, or nil where this needs more than 128 bits.
    ///
    /// Source: Clinger 1990 for mantissas and powers that are exact as doubles.
    @inline(__always)
    private static func value(of mantissa: UInt64, exponent: Int) -> Double? {
        if exponent == 0 { return Double(mantissa) }
        if mantissa <= 1 << 53 && (-22...22).contains(exponent) {
            return exponent < 0
                ? Double(mantissa) / powersOfTen[-exponent]
                : Double(mantissa) * powersOfTen[exponent]
        }
        if (-19 ... -1).contains(exponent) {
            return quotient(of: mantissa, by: integerPowersOfTen[-exponent])
        }
        return nil
    }

    /// The double nearest to a quotient, from 63 or more bits of it and whether there is a rest.
    private static func quotient(of numerator: UInt64, by denominator: UInt64) -> Double {
        if numerator == 0 { return 0 }
        let up = numerator.leadingZeroBitCount
        let down = denominator.leadingZeroBitCount
        // Both are in 2⁶³ ..< 2⁶⁴, so that the quotient of numerator · 2⁶³ is in 2⁶² ..< 2⁶⁴.
        let scaled = numerator << up
        let (quotient, rest) = (denominator << down).dividingFullWidth((scaled >> 1, scaled << 63))
        // A bit below those that are kept tells exact halves from what is a little more.
        let sticky: UInt64 = rest == 0 ? 0 : 1
        let power = Double(bitPattern: UInt64(1023 + down - up - 63) << 52)
        return Double(quotient | sticky) * power
    }

    /// By the standard library, for more digits or larger exponents.
    private static func slowValue(_ digits: UnsafePointer<UInt8>, count: Int) -> Double {
        let text = String(decoding: UnsafeBufferPointer(start: digits, count: count), as: UTF8.self)
        guard let value = Double(text) else {
            preconditionFailure("\(text) is a decimal number, but not to the standard library")
        }
        return value
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

private let integerPowersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
    100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
    100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]
