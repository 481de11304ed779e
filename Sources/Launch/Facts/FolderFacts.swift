/// What can be done in the folder that a run writes to, tried out.
public struct FolderFacts: Codable, Hashable, Sendable {
    /// Something that does not work.
    public struct Problem: Codable, Hashable, Sendable {
        /// What was tried, such as `rename`.
        public let operation: String
        /// The system's reason.
        public let reason: String

        /// Takes over a problem.
        ///
        /// - Parameters:
        ///   - operation: What was tried.
        ///   - reason: The system's reason.
        public init(operation: String, reason: String) {
            self.operation = operation
            self.reason = reason
        }
    }

    /// The run directory that is asked for.
    public var path = ""
    /// The nearest folder above it that exists, in which things were tried out.
    public var triedFolder = ""
    /// The kind of file system, such as `ext4`.
    public var fileSystem = ""
    /// Bytes that may still be written.
    public var freeByteCount = 0
    /// What does not work.
    public var problems: [Problem] = []
    /// Seconds that it took to bring 1 MiB to disk.
    public var synchronizingSeconds = 0.0

    /// Nothing known yet.
    public init() {}
}
