/// The process exit codes of `distrain`, after sysexits(3).
public struct ExitCode: RawRepresentable, Sendable, Hashable, Codable {
    /// What the process exits with, 0 to 255.
    public let rawValue: Int32

    /// Creates a code of its own, as a scheduler may ask for one.
    ///
    /// - Parameter rawValue: What the process exits with, 0 to 255.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Finished.
    public static let success = ExitCode(rawValue: 0)
    /// The command line or the configuration file is wrong.
    public static let usage = ExitCode(rawValue: 64)
    /// A data file, a checkpoint or another input has wrong contents.
    public static let badData = ExitCode(rawValue: 65)
    /// A data file, a folder or another input does not exist or cannot be read.
    public static let missingInput = ExitCode(rawValue: 66)
    /// A defect of the program.
    public static let internalError = ExitCode(rawValue: 70)
    /// Reading or writing failed: a full disk, a read-only folder.
    public static let inputOutput = ExitCode(rawValue: 74)
    /// A checkpoint was written and the run is to be submitted again.
    public static let requeue = ExitCode(rawValue: 75)
    /// A loss, a gradient or a parameter became NaN or infinite.
    public static let badNumbers = ExitCode(rawValue: 76)
    /// The launch is wrong: ranks, hosts, processors or libraries do not fit together.
    public static let badLaunch = ExitCode(rawValue: 77)
}
