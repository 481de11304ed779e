extension BinaryInteger {
    /// The decimal digits in groups of three, as in `30,730,000`.
    public var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0 && (digits.count - position).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}

extension String {
    /// The text as a part of a message: control characters, which a terminal might obey, in the form
    /// `\u{1B}`, and the middle left out of what is very long.
    public var legible: String {
        let longest = 400
        let isPlain = utf8.count <= longest && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        // U+0080 to U+009F are control characters too; as UTF-8 they begin with C2.
        if isPlain && !utf8.contains(0xc2) { return self }
        var scalars = unicodeScalars[...]
        var end = scalars.suffix(0)
        if utf8.count > longest {
            end = scalars.suffix(longest / 8)
            scalars = scalars.prefix(longest / 8)
        }
        func escaped(_ scalars: Substring.UnicodeScalarView) -> String {
            scalars.map {
                $0.properties.generalCategory == .control
                    ? $0.escaped(asASCII: true) : String($0)
            }.joined()
        }
        return escaped(scalars) + (end.isEmpty ? "" : " … " + escaped(end))
    }
}

extension Collection where Element == String {
    /// The element that is fewest edits away from `word`, for "did you mean" messages.
    ///
    /// - Parameter word: What the user wrote.
    /// - Returns: The nearest element, or nil if none shares at least about half of the word.
    public func nearest(to word: String) -> String? {
        // Nothing is near to a word that is longer than any; and it would take its time.
        guard word.utf8.count <= 100 else { return nil }
        let ranked = map { (name: $0, distance: editDistance($0, word)) }
        guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
            best.distance <= Swift.max(2, word.count / 2)
        else { return nil }
        return best.name
    }
}

/// The number of single-character insertions, deletions and substitutions between two words.
///
/// Source: Wagner & Fischer 1974, with one row kept.
private func editDistance(_ first: String, _ second: String) -> Int {
    let first = Array(first)
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in second.enumerated() {
            let substitution = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
        }
    }
    return row[second.count]
}
