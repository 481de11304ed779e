/// The division of a row of things into contiguous parts as equal as can be.
public enum BalancedPartition {
    /// The things that belong to one part.
    ///
    /// Sizes differ by at most one, earlier parts being larger; with more parts than things the last
    /// parts are empty.
    ///
    /// - Parameters:
    ///   - part: Which part, in 0 ..< `parts`.
    ///   - parts: The number of parts, at least 1.
    ///   - count: The number of things, at least 0.
    /// - Returns: The range of the part within 0 ..< `count`.
    public static func range(of part: Int, outOf parts: Int, count: Int) -> Range<Int> {
        precondition(
            parts > 0 && (0..<parts).contains(part) && count >= 0,
            "part \(part) of \(parts) parts of \(count) things does not exist")
        let (size, larger) = count.quotientAndRemainder(dividingBy: parts)
        let begin = part * size + min(part, larger)
        return begin..<begin + size + (part < larger ? 1 : 0)
    }

    /// The part to which one thing belongs: the inverse of `range(of:outOf:count:)`.
    ///
    /// - Parameters:
    ///   - thing: Which thing, in 0 ..< `count`.
    ///   - parts: The number of parts, at least 1.
    ///   - count: The number of things, at least 1.
    /// - Returns: The part in whose range the thing lies.
    public static func part(of thing: Int, outOf parts: Int, count: Int) -> Int {
        precondition(
            parts > 0 && (0..<count).contains(thing),
            "thing \(thing) of \(count) things in \(parts) parts does not exist")
        let (size, larger) = count.quotientAndRemainder(dividingBy: parts)
        let inLarger = larger * (size + 1)
        return thing < inLarger ? thing / (size + 1) : larger + (thing - inLarger) / size
    }
}
