extension RunConfiguration {
    /// The configuration as a YAML file that `--config` reads: a line a key, lists with commas.
    public var yaml: String {
        ConfigurationKey.allCases.filter { meaninglessness(of: $0) == nil }.compactMap { key in
            ConfigurationField.of(key).text(self).map { "\(key.rawValue): \(scalar($0))\n" }
        }.joined()
    }
}

/// A text as a YAML scalar, in quotes where YAML would take it for something else.
private func scalar(_ text: String) -> String {
    func isPlain(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "_./-+".contains(character))
    }
    let isSafe =
        text.first.map { isPlain($0) && $0 != "-" } ?? false
        && text.allSatisfy { isPlain($0) || $0 == ":" || $0 == "," } && !text.hasSuffix(":")
    // A JSON string is a YAML string.
    return isSafe ? text : LogValue.text(text).json
}
