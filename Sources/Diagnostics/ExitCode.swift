/// The process exit codes of `distrain`, after sysexits(3).
public enum ExitCode: Int32, Sendable, Hashable, Codable {
    /// Finished.
    case success = 0
    /// The command line or the configuration file is wrong.
    case usage = 64
    /// A data file, a checkpoint or another input has wrong contents.
    case badData = 65
    /// A data file, a folder or another input does not exist or cannot be read.
    case missingInput = 66
    /// A defect of the program.
    case internalError = 70
    /// Reading or writing failed: a full disk, a read-only folder.
    case inputOutput = 74
    /// A checkpoint was written and the run is to be submitted again.
    case requeue = 75
    /// A loss, a gradient or a parameter became NaN or infinite.
    case badNumbers = 76
    /// The launch is wrong: ranks, hosts, processors or libraries do not fit together.
    case badLaunch = 77
}
