import Communication

/// One thing that every communicator has to do right, with any number of ranks.
public struct Check: Sendable, CustomStringConvertible {
    /// What is checked.
    public let name: String
    /// The check itself, run by every rank; throws `CheckFailed`.
    public let body: @Sendable (any Communicator) throws -> Void

    /// The name.
    public var description: String { name }

    /// Runs the check twice, since what the first run leaves behind may spoil the second.
    ///
    /// - Parameter communicator: The group.
    /// - Throws: `CheckFailed`, or the communicator's error.
    public func run(_ communicator: any Communicator) throws {
        for _ in 0..<2 { try body(communicator) }
    }
}

/// A result that is not the closed form's.
public struct CheckFailed: Error, CustomStringConvertible {
    /// What was found and expected, and where.
    public let description: String
}

/// Throws unless two values are equal.
func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, _ communicator: any Communicator
) throws {
    if found != expected {
        throw CheckFailed(
            description: "\(what) on rank \(communicator.rank) of \(communicator.rankCount): "
                + "\(found), expected \(expected)")
    }
}

/// Throws at the first element that is not what `expected` says.
func expect<Value: Equatable>(
    _ found: [Value], eachToBe expected: (Int) -> Value, _ what: String,
    _ communicator: any Communicator
) throws {
    for index in found.indices where found[index] != expected(index) {
        try expect(found[index], expected(index), "\(what)[\(index)]", communicator)
    }
}
