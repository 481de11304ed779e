import Glibc

/// A short number for the contents of the program's own file, by which ranks notice that they run
/// different builds: good against accidents, not against attackers.
public enum ProgramDigest {
    /// The running program's digest: 16 hexadecimal digits, or nil if its file may be run but not
    /// read.
    public static var current: String? { ofFile("/proc/self/exe") }

    /// The digest of a file.
    ///
    /// Reading costs about as much as copying the file in memory.
    ///
    /// - Parameter path: The file.
    /// - Returns: 16 hexadecimal digits; nil if it cannot be read.
    public static func ofFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lanes = Lanes()
        return withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { buffer in
            var byteCount = 0
            while true {
                let count = fill(buffer, from: descriptor)
                guard count >= 0 else { return nil }
                byteCount += count
                // The file's last block is completed with zeros; the length tells it from a longer
                // file that has them.
                let padded =
                    (count + Lanes.blockByteCount - 1) / Lanes.blockByteCount
                    * Lanes.blockByteCount
                buffer[count..<padded].initializeMemory(as: UInt8.self, repeating: 0)
                lanes.mix(UnsafeRawBufferPointer(rebasing: buffer[..<padded]))
                if count < buffer.count { return hexadecimal(lanes.digest(byteCount: byteCount)) }
            }
        }
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: The number of bytes, or -1 after an error.
    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Int
    {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = read(descriptor, rest.baseAddress, rest.count)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                return -1
            }
        }
        return filled
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Four sums side by side, so that one multiplication does not wait for the other.
private struct Lanes {
    static let blockByteCount = 32
    private var values: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)

    /// Takes whole blocks.
    mutating func mix(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        // Written so that it is quick without optimisation too: every rank of every test does it.
        let words = start.assumingMemoryBound(to: UInt64.self)
        let count = bytes.count / MemoryLayout<UInt64>.size
        var (first, second, third, fourth) = values
        var index = 0
        while index < count {
            first = Self.mixed(first, words[index])
            second = Self.mixed(second, words[index &+ 1])
            third = Self.mixed(third, words[index &+ 2])
            fourth = Self.mixed(fourth, words[index &+ 3])
            index &+= 4
        }
        values = (first, second, third, fourth)
    }

    /// One number for all.
    func digest(byteCount: Int) -> UInt64 {
        [values.0, values.1, values.2, values.3].reduce(UInt64(byteCount)) { Self.mixed($0, $1) }
    }

    /// Both operations can be undone, so one changed word always changes the lane.
    private static func mixed(_ value: UInt64, _ word: UInt64) -> UInt64 {
        // An odd number near 2⁶⁴ divided by the golden ratio: its bits have no pattern.
        let product = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product &<< 29 | product &>> 35
    }
}
