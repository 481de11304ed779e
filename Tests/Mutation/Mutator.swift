/// Makes bad inputs out of good ones, the same ones for the same seed.
///
/// An input is an element of the corpus after one to six edits: of bits and bytes, of length, of
/// numbers, of words, of nesting, and with parts of other elements.
public struct Mutator {
    /// The longest input that edits make.
    public static let largestByteCount = 1 << 20

    /// Good inputs, and bad ones that are worth staying near.
    let corpus: [[UInt8]]
    /// Words that the format knows, and values at the edges of what it allows.
    let dictionary: [[UInt8]]
    var generator: SeededGenerator
    private var number = 0

    /// Creates a mutator.
    ///
    /// - Parameters:
    ///   - corpus: What to begin with, at least one element; tried first as it is.
    ///   - dictionary: Words that the format knows.
    ///   - seed: Which inputs are made.
    public init(corpus: [[UInt8]], dictionary: [String] = [], seed: UInt64 = 1) {
        precondition(!corpus.isEmpty, "a mutator needs something to begin with")
        self.corpus = corpus
        self.dictionary = dictionary.map { Array($0.utf8) } + Self.commonWords
        generator = SeededGenerator(seed: seed)
    }

    /// The next input.
    public mutating func next() -> [UInt8] {
        defer { number += 1 }
        if number < corpus.count { return corpus[number] }
        var bytes = element(of: corpus)
        // Most parsers stop at the first fault, so that few edits reach further than many.
        for _ in 0..<[1, 1, 1, 2, 3, 6][below(6)] { edit(&bytes) }
        return Array(bytes.prefix(Self.largestByteCount))
    }

    private mutating func edit(_ bytes: inout [UInt8]) {
        switch below(12) {
        case 0: if !bytes.isEmpty { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
        case 1: if !bytes.isEmpty { bytes[below(bytes.count)] = byte() }
        case 2: bytes.removeLast(below(bytes.count + 1))
        case 3: bytes.insert(contentsOf: (0...below(8)).map { _ in byte() }, at: place(in: bytes))
        case 4: bytes.removeSubrange(range(in: bytes))
        case 5: duplicate(&bytes)
        case 6: splice(&bytes)
        case 7: bytes.insert(contentsOf: element(of: dictionary), at: place(in: bytes))
        case 8: bytes.replaceSubrange(range(in: bytes, below: 16), with: element(of: dictionary))
        case 9: replaceDecimal(&bytes)
        case 10: replaceBinary(&bytes)
        default: rearrange(&bytes)
        }
    }

    /// Repeats a part, sometimes many times.
    private mutating func duplicate(_ bytes: inout [UInt8]) {
        let part = bytes[range(in: bytes)]
        let count = below(8) == 0 ? 1 << below(10) : 1
        let room = Self.largestByteCount / max(1, part.count)
        let copies = repeatElement(part, count: min(count, room)).joined()
        bytes.insert(contentsOf: Array(copies), at: place(in: bytes))
    }

    /// Takes the end, or a part, of another element of the corpus.
    private mutating func splice(_ bytes: inout [UInt8]) {
        let other = element(of: corpus)
        if below(2) == 0 {
            bytes = Array(bytes.prefix(place(in: bytes))) + other.dropFirst(place(in: other))
        } else {
            bytes.replaceSubrange(range(in: bytes), with: other[range(in: other)])
        }
    }
}

// Random choices.
extension Mutator {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &generator) }

    mutating func element<Element>(of list: [Element]) -> Element { list[below(list.count)] }

    mutating func place(in bytes: [UInt8]) -> Int { below(bytes.count + 1) }

    /// A part, short more often than long.
    mutating func range(in bytes: [UInt8], below longest: Int = .max) -> Range<Int> {
        let start = place(in: bytes)
        let rest = min(bytes.count - start, longest)
        let length = below(rest + 1)
        return start..<start + (below(4) == 0 ? length : min(length, 1 + below(32)))
    }
}
