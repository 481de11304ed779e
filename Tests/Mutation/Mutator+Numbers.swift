// Edits that know of numbers, as text and in binary form.
extension Mutator {
    private static let extremes = [
        "0", "-0", "-1", "1", "2147483647", "2147483648", "4294967296", "9223372036854775806",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1e400", "-1e400", "1e-400", "5e-324",
        "1.7976931348623157e308", "0.5", "1e18", "1e19", "00", "0x10", "1_000", "nan", "inf",
        "1152921504606846976", "3037000500", String(repeating: "9", count: 400),
    ].map { Array($0.utf8) }

    /// Puts a number at the edge of some type in the place of one that is written in digits.
    mutating func replaceDecimal(_ bytes: inout [UInt8]) {
        let starts = bytes.indices.filter { index in
            isDigit(bytes[index]) && (index == 0 || !isDigit(bytes[index - 1]))
        }
        guard !starts.isEmpty else { return }
        let start = element(of: starts)
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: element(of: Self.extremes))
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Puts a number at the edge of some type in the place of 2, 4 or 8 bytes, in either order.
    mutating func replaceBinary(_ bytes: inout [UInt8]) {
        let width = 2 << below(3)
        guard bytes.count >= width else { return }
        let words: [UInt64] = [
            0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 1 << 31, 1 << 31 - 1, 1 << 32 - 1, 1 << 60,
            .max >> 1, 1 << 63, .max, .max - 7, UInt64(bytes.count),
            UInt64(max(0, bytes.count - 8)),
        ]
        let word = element(of: words)
        let isBigEndian = below(2) == 0
        // Headers are at the beginning.
        let places = bytes.count - width + 1
        let start = below(below(2) == 0 ? min(32, places) : places)
        for index in 0..<width {
            let position = isBigEndian ? width - 1 - index : index
            bytes[start + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * position))
        }
    }
}
