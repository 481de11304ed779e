import Diagnostics

/// Reads the words of a flag that lists operations.
struct OperationList {
    /// The flag, as in `--augment`.
    let flag: String
    /// The operations that it knows.
    let known: [any ImageOperation.Type]
    /// Whether operations may choose at random.
    let allowsRanges: Bool

    /// The operations that words stand for.
    ///
    /// - Parameter words: A name each, with parameters after colons; `none` alone for no operation.
    /// - Returns: The operations in the same order.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one, and for
    ///   parameters that are not understood.
    func parse(_ words: [String]) throws -> [any ImageOperation] {
        words == ["none"] ? [] : try words.map(parse)
    }

    private func parse(_ word: String) throws -> any ImageOperation {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard let kind = known.first(where: { $0.name == name }) else {
            let names = known.map { $0.name }
            throw Failure(
                .usage, in: flag, expected: "one of \(names.joined(separator: ", "))",
                found: "unknown operation \"\(name)\"",
                fix: names.nearest(to: name).map { "did you mean \($0)?" })
        }
        var parameters = OperationParameters(
            of: kind, Array(parts.dropFirst()), flag: flag, allowsRanges: allowsRanges)
        let operation = try kind.init(parameters: &parameters)
        try parameters.end()
        return operation
    }

    /// Checks that an operation can be made on images of a format.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - format: The size of the images.
    /// - Throws: `Failure` with `.usage` if not.
    func check(_ operation: any ImageOperation, for format: ImageFormat) throws {
        guard let objection = operation.objection(to: format) else { return }
        throw Failure(
            .usage, in: flag, expected: objection.expected, found: objection.found)
    }
}
