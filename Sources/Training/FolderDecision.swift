import Diagnostics
import Foundation

/// What rank 0 finds in the run directory.
struct FolderDecision: Codable, Sendable {
    let output: String
    let resumePoint: ResumePoint?
    let notes: [String]

    /// Chooses the folder that the run will write into.
    ///
    /// - Parameters:
    ///   - overrides: What the user asks for.
    ///   - resume: With what to go on.
    ///   - folder: The folder that is asked for, or that follows from what is trained.
    /// - Returns: The folder, which may not be there yet.
    /// - Throws: `Failure` with `usage` if a run is to go where there is another, or if it cannot be
    ///   told where it is to go.
    static func output(
        _ overrides: RunConfigurationOverrides, resume: ResumeChoice, folder: String
    ) throws -> String {
        switch resume {
        case .never: return try newFolder(folder, isChosen: overrides.output != nil)
        case .auto: return overrides.output == nil ? newest(folder) : folder
        case .folder(let path):
            if let output = overrides.output {
                try checkIsFree(output, orOf: path)
                return output
            }
            return exists(path + "/" + Checkpoint.manifestFile) ? try runFolder(of: path) : path
        }
    }

    /// Refuses a folder that holds another run than that with which to go on.
    private static func checkIsFree(_ output: String, orOf path: String) throws {
        let folder = RunFolder(output)
        guard folder.holdsRun, !folder.contains(path), !isSameFolder(output, path) else { return }
        throw Failure(
            .usage, in: "--output", expected: "a new folder, or that of \(path)",
            found: "\(output) holds another run", fix: "go on with that one by --resume auto")
    }

    private static func isSameFolder(_ first: String, _ second: String) -> Bool {
        let urls = [first, second].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
        return urls[0].path == urls[1].path
    }

    /// The run directory in which a checkpoint lies.
    private static func runFolder(of checkpoint: String) throws -> String {
        let parent = URL(fileURLWithPath: checkpoint).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let run = parent.deletingLastPathComponent().path
        guard RunFolder(run).contains(checkpoint) else {
            throw Failure(
                .usage, in: "--output", expected: "a folder for the run",
                found: "none, and \(checkpoint) lies in no run directory")
        }
        return run
    }

    /// Looks for the checkpoint with which the run goes on.
    ///
    /// - Parameters:
    ///   - output: The folder that the run will write into.
    ///   - resume: With what to go on.
    /// - Returns: What was found.
    /// - Throws: `Failure` with `missingInput` or `badData` if a folder that the user names has no
    ///   good checkpoint.
    static func make(_ output: String, resume: ResumeChoice) throws -> FolderDecision {
        switch resume {
        case .never: return FolderDecision(output: output, resumePoint: nil, notes: [])
        case .auto:
            let (checkpoint, passedOver) = RunFolder(output).newestGoodCheckpoint()
            let isLost = checkpoint == nil && !passedOver.isEmpty
            return FolderDecision(
                output: output, resumePoint: checkpoint.map(ResumePoint.init),
                notes: passedOver
                    + (isLost ? ["\(output): no checkpoint is whole; the run begins anew"] : []))
        case .folder(let path): return try given(path, output: output)
        }
    }

    private static func newFolder(_ folder: String, isChosen: Bool) throws -> String {
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
        return output
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

    private static func given(_ path: String, output: String) throws -> FolderDecision {
        if exists(path + "/" + Checkpoint.manifestFile) {
            let checkpoint = try Checkpoint(verifying: path)
            return FolderDecision(
                output: output, resumePoint: ResumePoint(checkpoint), notes: [])
        }
        let (checkpoint, passedOver) = RunFolder(path).newestGoodCheckpoint()
        guard let checkpoint else {
            throw Failure(
                exists(path) ? .badData : .missingInput, in: path,
                expected: "a run directory or a checkpoint",
                found: passedOver.first ?? (exists(path) ? "has no checkpoint" : "no such folder"))
        }
        return FolderDecision(
            output: output, resumePoint: ResumePoint(checkpoint), notes: passedOver)
    }
}
