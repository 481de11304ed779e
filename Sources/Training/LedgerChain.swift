/// The chain of hashes through a ledger: each value is the SHA-256, in hexadecimal digits, of the
/// value before it and of a line's text up to its own chain.
///
/// So a value stands for the header and all steps up to it. Checkpoints hang on it, but the steps
/// after them do not: when checkpoints are written changes no value.
final class LedgerChain {
    private let hash = ReusableSHA256()
    private let digits = UnsafeMutablePointer<UInt8>.allocate(
        capacity: ReusableSHA256.digitCount)
    private let side = UnsafeMutablePointer<UInt8>.allocate(capacity: ReusableSHA256.digitCount)
    /// 0 before the header.
    private var digitCount = 0

    /// Begins before the header.
    init() {
        for memory in [digits, side] {
            memory.initialize(repeating: 0, count: ReusableSHA256.digitCount)
        }
    }

    /// Begins with a value.
    ///
    /// - Parameter value: 64 hexadecimal digits.
    convenience init(_ value: String) {
        self.init()
        reset(to: value)
    }

    deinit {
        digits.deallocate()
        side.deallocate()
    }

    /// Goes on with another value.
    ///
    /// - Parameter value: 64 hexadecimal digits.
    func reset(to value: String) {
        precondition(
            value.utf8.count == ReusableSHA256.digitCount,
            "a chain of \(value.utf8.count) digits, expected \(ReusableSHA256.digitCount)")
        for (index, byte) in value.utf8.enumerated() { digits[index] = byte }
        digitCount = ReusableSHA256.digitCount
    }

    /// The value now; empty before the header.
    var value: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: digits, count: digitCount) }

    /// The value as text.
    var text: String { String(decoding: value, as: UTF8.self) }

    /// The value that a line on the side has.
    ///
    /// - Parameter content: The line's text up to its chain.
    /// - Returns: The value, until the next one is computed; that of the chain stays as it is.
    func value(ofSide content: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> {
        hash.update(UnsafeRawBufferPointer(value))
        hash.update(content)
        hash.finish(into: side)
        return UnsafeBufferPointer(start: side, count: ReusableSHA256.digitCount)
    }

    /// Takes a line into the chain.
    ///
    /// - Parameter content: The line's text up to its chain.
    func append(_ content: UnsafeRawBufferPointer) {
        _ = value(ofSide: content)
        digits.update(from: side, count: ReusableSHA256.digitCount)
        digitCount = ReusableSHA256.digitCount
    }
}
