import Communication
import Datasets
import Diagnostics
import Foundation

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

    /// Opens the data and finds the checkpoint with which the run goes on.
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
        var data = data
        let resume = overrides.resume ?? .never
        var wanted = overrides.output
        if case .folder(let path) = resume { wanted = path }
        if wanted == nil {
            // The folder's name comes from the network's and the data set's.
            let opened = try communicator.agreeing {
                let opened = try data ?? Self.openData(overrides)
                wanted = try RunConfiguration.resolved(overrides, dataset: opened.name).output
                return opened
            }
            data = opened
        }
        let folder = wanted ?? ""
        let decision = try communicator.fromRankZero {
            try FolderDecision.make(overrides, resume: resume, folder: folder)
        }
        return try communicator.agreeing {
            try PreparedRun(overrides, decision, data: data)
        }
    }

    private init(
        _ overrides: RunConfigurationOverrides, _ decision: FolderDecision, data: RunData?
    ) throws {
        var configuration: RunConfiguration
        if let point = decision.resumePoint {
            configuration = try point.state.configuration.resumed(with: overrides)
            self.data =
                try data ?? RunData.open(configuration.dataset, folder: configuration.data)
        } else {
            self.data = try data ?? Self.openData(overrides)
            configuration = try RunConfiguration.resolved(overrides, dataset: self.data.name)
        }
        configuration.output = decision.output
        configuration.resume = overrides.resume ?? .never
        self.configuration = configuration
        resumePoint = decision.resumePoint
        notes = [self.data.note].compactMap { $0 } + decision.notes
    }

    private static func openData(_ overrides: RunConfigurationOverrides) throws -> RunData {
        try RunData.open(
            overrides.dataset ?? .auto, folder: overrides.data ?? RunConfiguration.defaultData)
    }
}

/// The checkpoint with which a run goes on.
struct ResumePoint: Codable, Sendable {
    let path: String
    let state: CheckpointState
}

/// What rank 0 finds in the run directory.
struct FolderDecision: Codable, Sendable {
    let output: String
    let resumePoint: ResumePoint?
    let notes: [String]

    /// Looks for a checkpoint, or for a folder for a new run.
    static func make(
        _ overrides: RunConfigurationOverrides, resume: ResumeChoice, folder: String
    ) throws -> FolderDecision {
        switch resume {
        case .never: return try newRun(folder, isChosen: overrides.output != nil)
        case .auto:
            let folder = overrides.output == nil ? newest(folder) : folder
            let (checkpoint, passedOver) = RunFolder(folder).newestGoodCheckpoint()
            return FolderDecision(
                output: folder, resumePoint: checkpoint.map(ResumePoint.init), notes: passedOver)
        case .folder(let path): return try given(path, output: overrides.output)
        }
    }

    private static func newRun(_ folder: String, isChosen: Bool) throws -> FolderDecision {
        var output = folder
        var number = 1
        while RunFolder(output).holdsRun {
            guard !isChosen else {
                throw Failure(
                    .usage, in: "--output", expected: "a new folder",
                    found: "\(folder) holds a run already",
                    fix: "go on with it by --resume auto, or choose another --output")
            }
            number += 1
            output = "\(folder)-\(number)"
        }
        return FolderDecision(output: output, resumePoint: nil, notes: [])
    }

    /// The newest of the folders that `newRun` names for the same run; the plain name if none.
    private static func newest(_ folder: String) -> String {
        var newest = folder
        var number = 2
        while RunFolder("\(folder)-\(number)").holdsRun {
            newest = "\(folder)-\(number)"
            number += 1
        }
        return newest
    }

    private static func given(_ path: String, output: String?) throws -> FolderDecision {
        if exists(path + "/" + Checkpoint.manifestFile) {
            let checkpoint = try Checkpoint(verifying: path)
            let run = URL(fileURLWithPath: path).resolvingSymlinksInPath()
                .deletingLastPathComponent().deletingLastPathComponent().path
            return FolderDecision(
                output: output ?? run, resumePoint: ResumePoint(checkpoint), notes: [])
        }
        let (checkpoint, passedOver) = RunFolder(path).newestGoodCheckpoint()
        guard let checkpoint else {
            throw Failure(
                exists(path) ? .badData : .missingInput, in: path,
                expected: "a run directory or a checkpoint",
                found: passedOver.first ?? (exists(path) ? "has no checkpoint" : "no such folder"))
        }
        return FolderDecision(
            output: output ?? path, resumePoint: ResumePoint(checkpoint), notes: passedOver)
    }
}

extension ResumePoint {
    init(_ checkpoint: Checkpoint) {
        self.init(path: checkpoint.path, state: checkpoint.state)
    }
}
