/// A key from which random numbers are computed, not drawn: the same key and index always give the
/// same number, so no generator has a state that could differ between ranks or get lost in a restart.
///
/// Keys form a tree: `RandomKey(seed: 1).derived("shuffle").derived(epoch)`.
///
/// Source: the finaliser of SplitMix64, Steele, Lea & Flood 2014, used as a counter-based generator.
public struct RandomKey: Hashable, Sendable {
    /// The 64 bits that stand for the whole path of derivations.
    public let state: UInt64

    private init(state: UInt64) { self.state = state }

    /// The root key of a run.
    public init(seed: UInt64) { self.init(state: mix(seed &+ increment)) }

    /// The child key for a number: an epoch, an image, a step.
    @inlinable
    public func derived(_ word: some BinaryInteger) -> RandomKey {
        child(UInt64(truncatingIfNeeded: word))
    }

    /// The child key for a name: an operation, a parameter.
    ///
    /// Source: 64-bit FNV-1a over the UTF-8 bytes, Fowler, Noll & Vo.
    public func derived(_ name: String) -> RandomKey {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return child(hash)
    }

    @usableFromInline
    func child(_ word: UInt64) -> RandomKey {
        RandomKey(state: mix(state ^ mix(word &+ increment)))
    }

    /// 64 uniform bits.
    ///
    /// - Parameter index: Which of the key's numbers.
    /// - Returns: The bits.
    @inlinable
    public func bits(at index: Int) -> UInt64 {
        mix(state &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* increment)
    }

    /// A number in [0, 1), a multiple of 2⁻²⁴.
    ///
    /// - Parameter index: Which of the key's numbers.
    /// - Returns: The number.
    @inlinable
    public func uniform(at index: Int) -> Float {
        Float(bits(at: index) >> 40) * 0x1p-24
    }

    /// An integer in 0 ..< bound; each value's probability is exact to 2⁻⁶⁴ · bound.
    ///
    /// - Parameters:
    ///   - bound: The number of values, at least 1.
    ///   - index: Which of the key's numbers.
    /// - Returns: The integer.
    ///
    /// Source: Lemire 2019, without the rejection step.
    @inlinable
    public func integer(below bound: Int, at index: Int) -> Int {
        precondition(bound > 0, "a random integer needs a bound of at least 1, got \(bound)")
        return Int(bits(at: index).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A permutation of 0 ..< count.
    ///
    /// Source: Durstenfeld 1964 (Fisher–Yates).
    ///
    /// - Parameter count: The number of elements, at least 0.
    /// - Returns: The numbers 0 ..< count in their new order.
    public func permutation(of count: Int) -> [Int32] {
        var order = (0..<Int32(count)).map { $0 }
        order.withUnsafeMutableBufferPointer { order in
            for last in stride(from: count - 1, to: 0, by: -1) {
                order.swapAt(last, integer(below: last + 1, at: last))
            }
        }
        return order
    }
}

/// The golden ratio in 64 bits, SplitMix64's increment.
@inlinable
var increment: UInt64 { 0x9e37_79b9_7f4a_7c15 }

/// SplitMix64's finaliser: a bijection that avalanches every bit.
@inlinable
func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
