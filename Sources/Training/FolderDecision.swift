import Diagnostics
import Foundation

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
