import Foundation

/// The different texts of a column, numbered in the order in which they come.
///
/// A hash table with open addressing whose texts lie one after the other in one array, so that a
/// text that is known already costs no allocation.
struct LevelTable {
    private var text: [UInt8] = []
    private var starts = [0]
    private var hashes: [UInt32] = []
    private var slots = [Int32](repeating: -1, count: 16)

    /// The number of texts.
    var count: Int { hashes.count }

    /// The bytes of a text.
    ///
    /// - Parameter code: Its number.
    subscript(code: Int) -> ArraySlice<UInt8> { text[starts[code]..<starts[code + 1]] }

    /// The number of a text.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: Its number, and whether it came for the first time.
    mutating func code(of bytes: UnsafeBufferPointer<UInt8>) -> (code: Int32, isNew: Bool) {
        let hash = Self.hash(bytes)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = Int(slots[slot])
            if hashes[code] == hash && isEqual(code, bytes) { return (Int32(code), false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let code = Int32(count)
        slots[slot] = code
        hashes.append(hash)
        text.append(contentsOf: bytes)
        starts.append(text.count)
        if 2 * count > slots.count { grow() }
        return (code, true)
    }

    private func isEqual(_ code: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = starts[code + 1] - starts[code]
        guard length == bytes.count else { return false }
        return text.withUnsafeBufferPointer { text in
            guard let known = text.baseAddress, let new = bytes.baseAddress else { return true }
            return memcmp(known + starts[code], new, length) == 0
        }
    }

    private mutating func grow() {
        var larger = [Int32](repeating: -1, count: 2 * slots.count)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(hash) & (larger.count - 1)
            while larger[slot] >= 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = Int32(code)
        }
        slots = larger
    }

    /// Source: 64-bit FNV-1a, Fowler, Noll & Vo, with the upper half folded into the lower.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
