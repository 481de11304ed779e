// Edits that know of what texts are made of: lines, members, nesting.
extension Mutator {
    static let commonWords = [
        "null", "true", "false", "\"\"", "{}", "[]", "[[[[", "}}}}", "\"a\":", ",", ":", "\n", "\r",
        "\t", "\0", "\u{feff}", "\\u0000", "\\ud800", "é", "👩‍👩‍👧", "%n%s", "../../..", "/dev/null",
        " ", "-",
        "--", "=", "&a", "*a", "!!binary", "<<:", "|", "> ", "? ", "---\n", "...\n", "#",
        "\u{1b}[2J",
    ].map { Array($0.utf8) }

    mutating func rearrange(_ bytes: inout [UInt8]) {
        switch below(4) {
        case 0: exchangeLines(&bytes)
        case 1: repeatMember(&bytes)
        case 2: nest(&bytes)
        default:
            bytes.insert(
                contentsOf: repeatElement(byte(), count: 1 << below(17)), at: place(in: bytes))
        }
    }

    private mutating func exchangeLines(_ bytes: inout [UInt8]) {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        lines.swapAt(below(lines.count), below(lines.count))
        if below(2) == 0 { lines.remove(at: below(lines.count)) }
        bytes = Array(lines.joined(separator: [0x0a]))
    }

    /// Lets a text between commas appear twice, so that keys do.
    private mutating func repeatMember(_ bytes: inout [UInt8]) {
        let commas = bytes.indices.filter { bytes[$0] == UInt8(ascii: ",") }
        guard commas.count > 1 else { return }
        let index = below(commas.count - 1)
        bytes.insert(contentsOf: bytes[commas[index]..<commas[index + 1]], at: commas[index])
    }

    /// Opens brackets that are closed again, or not, up to 100,000 of them.
    private mutating func nest(_ bytes: inout [UInt8]) {
        let (opening, closing) = element(of: [
            ("[", "]"), ("{\"a\":", "}"), ("{", "}"), ("- ", ""), ("? ", ""), ("{?", "}"),
        ])
        let depth = element(of: [2, 100, 600, 2_000, 100_000])
        let start = place(in: bytes)
        let end = below(2) == 0 ? start : Int.random(in: start...bytes.count, using: &generator)
        if below(2) == 0 {
            bytes.insert(
                contentsOf: Array(repeatElement(Array(closing.utf8), count: depth).joined()),
                at: end)
        }
        bytes.insert(
            contentsOf: Array(repeatElement(Array(opening.utf8), count: depth).joined()), at: start)
    }
}
