/// The middle of some numbers, or the mean of the two in the middle.
///
/// The numbers are counted by their leading 16 bits, then those of the middle bucket by the next 16,
/// and so on, so that none is moved. Source: radix selection; what is returned is that of
/// `numpy.median`.
///
/// - Parameter values: The numbers, none of them NaN.
/// - Returns: The median, or nil of no numbers.
func median(of values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let upper = element(at: values.count / 2, of: values)
    if !values.count.isMultiple(of: 2) { return upper }
    let lower = element(at: values.count / 2 - 1, of: values)
    // Halved first, since the sum of two large ones could be infinite.
    return lower == upper ? upper : lower / 2 + upper / 2
}

/// The element that would stand at a place if the values were sorted.
private func element(at place: Int, of values: [Double]) -> Double {
    var place = place
    var prefix: UInt64 = 0
    var mask: UInt64 = 0
    var counts = [Int](repeating: 0, count: 1 << 16)
    for shift in [48, 32, 16, 0] {
        for digit in counts.indices { counts[digit] = 0 }
        for value in values {
            let key = orderedBits(of: value)
            if key & mask == prefix { counts[Int(key >> UInt64(shift) & 0xffff)] += 1 }
        }
        var digit = 0
        while place >= counts[digit] {
            place -= counts[digit]
            digit += 1
        }
        prefix |= UInt64(digit) << UInt64(shift)
        mask |= 0xffff << UInt64(shift)
    }
    let sign: UInt64 = 1 << 63
    return Double(bitPattern: prefix & sign == 0 ? ~prefix : prefix ^ sign)
}

/// Bits that are ordered as the numbers are.
@inline(__always)
private func orderedBits(of value: Double) -> UInt64 {
    let bits = value.bitPattern
    let sign: UInt64 = 1 << 63
    return bits & sign == 0 ? bits ^ sign : ~bits
}
