/// SHA-256 that is computed again and again without allocating: the library's takes memory for each
/// message, and a training step must not.
///
/// Source: FIPS 180-4, sections 4 to 6.
final class ReusableSHA256 {
    /// Bytes of a digest in hexadecimal digits.
    static let digitCount = 64
    private static let blockSize = 64

    /// Whether a text is a digest as this type writes it.
    static func isHash(_ text: String) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        return text.utf8.count == digitCount
            && text.utf8.allSatisfy { digits.contains($0) || letters.contains($0) }
    }

    private let block = UnsafeMutablePointer<UInt8>.allocate(capacity: blockSize)
    private let schedule = UnsafeMutablePointer<UInt32>.allocate(capacity: 64)
    private var state = initialState
    private var filled = 0
    private var byteCount: UInt64 = 0

    /// Makes room; no byte is taken in yet.
    init() {
        block.initialize(repeating: 0, count: Self.blockSize)
        schedule.initialize(repeating: 0, count: 64)
    }

    deinit {
        block.deallocate()
        schedule.deallocate()
    }

    /// Takes in bytes.
    ///
    /// - Parameter bytes: What follows the bytes so far.
    func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            if filled == 0 && rest.count >= Self.blockSize {
                process(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockSize)))
                rest = rest.dropFirst(Self.blockSize)
            } else {
                append(rest.removeFirst())
            }
        }
    }

    /// Writes the digest in hexadecimal digits, and begins again without a byte.
    ///
    /// - Parameter digits: Where they go, `digitCount` bytes of ASCII.
    func finish(into digits: UnsafeMutablePointer<UInt8>) {
        let bitCount = 8 &* byteCount
        append(0x80)
        while filled != Self.blockSize - 8 { append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
        }
        for word in 0..<8 {
            for digit in 0..<8 {
                let value = UInt8(truncatingIfNeeded: state[word] >> UInt32(28 - 4 * digit)) & 15
                digits[8 * word + digit] = hexadecimalDigit(value)
            }
        }
        state = Self.initialState
        byteCount = 0
    }

    private func append(_ byte: UInt8) {
        block[filled] = byte
        filled += 1
        if filled == Self.blockSize {
            process(UnsafeRawBufferPointer(start: block, count: Self.blockSize))
            filled = 0
        }
    }

    private func process(_ block: UnsafeRawBufferPointer) {
        for index in 0..<16 {
            schedule[index] = UInt32(
                bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = rotated(early, 7) ^ rotated(early, 18) ^ (early >> 3)
            let second = rotated(late, 17) ^ rotated(late, 19) ^ (late >> 10)
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        let constants = roundConstants
        for index in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let first =
                h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice
                &+ constants[index] &+ schedule[index]
            let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        state &+= SIMD8(a, b, c, d, e, f, g, h)
    }

    private static let initialState = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19)
}

@inline(__always)
private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
}

/// The ASCII digit of a number below 16.
@inline(__always)
func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
]
