import Communication
import Datasets
import Diagnostics

/// A run whose configuration is resolved, whose data is open, and of which is known with what
/// checkpoint it goes on.
public struct PreparedRun: Sendable {
    /// The resolved configuration.
    public let configuration: RunConfiguration
    /// The images.
    public let data: RunData
    /// What the user should know: how the data set was found, which checkpoints are not good.
    public let notes: [String]
    /// With what the run goes on; nil for a new run.
    let resumePoint: ResumePoint?
    /// Keeps other jobs out of the run directory; exists on rank 0 alone.
    private(set) var lock: RunLock?

    /// Opens the data, locks the run directory and finds the checkpoint with which the run goes on.
    ///
    /// Every rank has to call it. Rank 0 alone looks at the run directory, which others may not see.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - communicator: The ranks of the run.
    ///   - data: The images, if they are open already.
    /// - Returns: The run.
    /// - Throws: `AgreedFailure`, the same on every rank.
    public static func open(
        _ overrides: RunConfigurationOverrides, communicator: any Communicator,
        data: RunData? = nil
    ) throws -> PreparedRun {
        var newData = data
        let resume = overrides.resume ?? .never
        var wanted = overrides.output
        if case .folder(let path) = resume { wanted = path }
        if wanted == nil {
            // The folder's name comes from the network's and the data set's.
            let opened = try data ?? RunData.open(overrides, communicator: communicator)
            wanted = try communicator.agreeing {
                try RunConfiguration.resolved(overrides, for: opened).output
            }
            newData = opened
        }
        let folder = wanted ?? ""
        let host = communicator.placement.hostName
        var lock: RunLock?
        let decision = try communicator.fromRankZero {
            let output = try FolderDecision.output(overrides, resume: resume, folder: folder)
            // What is there may change until it is locked; a new folder is made later, when
            // nothing else can be wrong.
            if RunFolder(output).holdsRun {
                lock = try Self.lock(RunFolder(output), host: host)
            }
            return try FolderDecision.make(output, resume: resume)
        }
        let stored = try communicator.agreeing {
            try decision.resumePoint?.state.configuration.resumed(with: overrides)
        }
        // A run goes on with the data that its own configuration names.
        let opened =
            try (stored == nil ? newData : data)
            ?? RunData.open(
                stored.map(RunConfigurationOverrides.init) ?? overrides,
                communicator: communicator)
        var run = try communicator.agreeing {
            var configuration = try stored ?? RunConfiguration.resolved(overrides, for: opened)
            if stored == nil {
                try configuration.completeMetrics(overrides, for: opened)
            } else {
                try configuration.checkMetrics(for: opened)
            }
            return try PreparedRun(configuration, decision, resume: resume, data: opened)
        }
        run.lock = try communicator.agreeing {
            guard communicator.rank == 0, lock == nil else { return lock }
            return try Self.lock(new: RunFolder(decision.output), host: host)
        }
        return run
    }

    private static func lock(_ folder: RunFolder, host: String) throws -> RunLock {
        let lock = try RunLock(folder, host: host)
        if lock.isHeld { folder.tidy() }
        return lock
    }

    /// Locks a folder that nobody had written into before it was known what to do.
    private static func lock(new folder: RunFolder, host: String) throws -> RunLock {
        let lock = try lock(folder, host: host)
        guard !folder.holdsRun else {
            throw Failure(
                .badLaunch, in: folder.path, expected: "a new folder",
                found: "another job has run there meanwhile", fix: "start it again")
        }
        return lock
    }

    private init(
        _ configuration: RunConfiguration, _ decision: FolderDecision, resume: ResumeChoice,
        data: RunData
    ) throws {
        self.data = data
        var configuration = configuration
        configuration.output = decision.output
        configuration.resume = resume
        self.configuration = configuration
        resumePoint = decision.resumePoint
        notes = [data.note].compactMap { $0 } + decision.notes
    }
}
