import Diagnostics
import Foundation

/// The folder of a run and the checkpoints in it.
struct RunFolder {
    /// The folder.
    let path: String

    /// Names a folder, which may not be there yet.
    init(_ path: String) { self.path = path }

    var checkpoints: String { path + "/checkpoints" }
    var metrics: String { path + "/metrics.jsonl" }
    var ledger: String { path + "/ledger.jsonl" }
    var configuration: String { path + "/config.yml" }
    var lock: String { path + "/run.lock" }

    /// Whether a run has written here.
    var holdsRun: Bool { exists(metrics) || exists(checkpoints) }

    /// The name of a checkpoint's folder after so many steps.
    static func name(ofStep step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    /// The steps of all checkpoints, good or not, the newest first.
    func steps() -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)),
                name == Self.name(ofStep: step)
            else { return nil }
            return step
        }.sorted(by: >)
    }

    /// The folder of a checkpoint.
    func checkpoint(ofStep step: Int) -> String { checkpoints + "/" + Self.name(ofStep: step) }

    /// Whether a checkpoint is one of this run's.
    func contains(_ checkpoint: String) -> Bool {
        let folder = URL(fileURLWithPath: checkpoint).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        return folder.path == URL(fileURLWithPath: checkpoints).resolvingSymlinksInPath().path
    }

    /// Finds the newest good checkpoint.
    ///
    /// - Returns: The checkpoint, nil if there is none, and why newer ones were passed over.
    func newestGoodCheckpoint() -> (checkpoint: Checkpoint?, passedOver: [String]) {
        var passedOver: [String] = []
        for step in steps() {
            do {
                return (try Checkpoint(verifying: checkpoint(ofStep: step)), passedOver)
            } catch {
                passedOver.append("checkpoint of step \(step) is not used: \(error)")
            }
        }
        return (nil, passedOver)
    }

    /// Writes a checkpoint, which appears under its name when it is complete and on disk.
    ///
    /// - Parameters:
    ///   - state: What `state.json` is to hold.
    ///   - model: Writes what was learned to a file.
    ///   - optimizer: Writes to a file what going on needs besides: the optimizer's slots.
    /// - Returns: The checkpoint's folder.
    /// - Throws: `Failure` with `inputOutput`; nothing is left behind then and older checkpoints are
    ///   as they were.
    func write(
        _ state: CheckpointState, model: (String) throws -> Void,
        optimizer: (String) throws -> Void
    ) throws -> String {
        let final = checkpoint(ofStep: state.progress.step)
        let partial = Self.partial(of: final)
        let replaced = partial + Self.replacedSuffix
        DurableFiles.remove(partial)
        do {
            try DurableFiles.createFolder(partial)
            try model(partial + "/" + Checkpoint.modelFile)
            try optimizer(partial + "/" + Checkpoint.optimizerFile)
            try DurableFiles.write(
                JSONFiles.encode(state), to: partial + "/" + Checkpoint.stateFile)
            let names = [Checkpoint.modelFile, Checkpoint.optimizerFile, Checkpoint.stateFile]
            let manifest = try Manifest(of: names, in: partial)
            try DurableFiles.write(
                JSONFiles.encode(manifest), to: partial + "/" + Checkpoint.manifestFile)
            try DurableFiles.synchronize(folder: partial)
            // There is a folder of this name if a run went on from an older checkpoint, or from
            // one that was written before the epoch's validation.
            if exists(final) { try DurableFiles.move(final, to: replaced) }
            try DurableFiles.move(partial, to: final)
            DurableFiles.remove(replaced)
            try DurableFiles.synchronize(folder: checkpoints)
        } catch {
            DurableFiles.remove(partial)
            restore(replaced, to: final)
            throw error
        }
        return final
    }

    private static let partialSuffix = ".partial"
    private static let replacedSuffix = ".replaced"

    private static func partial(of checkpoint: String) -> String {
        let name = FilePath.name(of: checkpoint)
        return FilePath.parent(of: checkpoint) + "/." + name + partialSuffix
    }

    /// Gives a checkpoint that was to be replaced its name back, if nothing has taken its place.
    private func restore(_ replaced: String, to final: String) {
        if exists(replaced) && !exists(final) { try? DurableFiles.move(replaced, to: final) }
    }

    /// Removes what a killed run has left half done; nobody may be writing here.
    func tidy() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
        for step in names.compactMap({ Self.step(ofHidden: $0) }) {
            let final = checkpoint(ofStep: step)
            restore(Self.partial(of: final) + Self.replacedSuffix, to: final)
        }
        for name in names where name.hasPrefix(".") {
            let end = name.hasSuffix(Self.replacedSuffix) ? Self.replacedSuffix : ""
            if name.hasSuffix(Self.partialSuffix + end) {
                DurableFiles.remove(checkpoints + "/" + name)
            }
        }
    }

    /// The step of a folder such as `.step-000000390.partial.replaced`; nil for other names.
    private static func step(ofHidden name: String) -> Int? {
        let step = Int(name.drop { !$0.isNumber }.prefix { $0.isNumber })
        return step.flatMap {
            name == "." + Self.name(ofStep: $0) + partialSuffix + replacedSuffix ? $0 : nil
        }
    }

    /// Gives a checkpoint second names, as far as the file system has them.
    ///
    /// - Parameters:
    ///   - names: Such as `best`.
    ///   - step: The checkpoint's steps.
    /// - Returns: Why one is missing, nil if none is: the checkpoint is as good without.
    func link(names: [String], toStep step: Int) -> Failure? {
        var failure: Failure?
        for name in names {
            do {
                try link(name, toStep: step)
            } catch {
                failure = self.failure(of: error)
            }
        }
        return failure
    }

    /// What a user is told of an error of writing here.
    func failure(of error: any Error) -> Failure {
        error as? Failure ?? Failure(.inputOutput, in: checkpoints, found: "\(error)")
    }

    /// Gives a checkpoint a second name.
    ///
    /// - Parameters:
    ///   - name: Such as `best`.
    ///   - step: The checkpoint's steps.
    /// - Throws: `Failure` with `inputOutput`.
    func link(_ name: String, toStep step: Int) throws {
        try DurableFiles.link(checkpoints + "/" + name, to: Self.name(ofStep: step))
    }

    /// Removes old checkpoints, but never those that `best` and `last` point to.
    ///
    /// - Parameter count: How many others of the newest to keep, beginning with the last.
    func prune(keeping count: Int) {
        let kept = ["best", "last"].compactMap { name in
            try? FileManager.default.destinationOfSymbolicLink(
                atPath: checkpoints + "/" + name)
        }
        for step in steps().dropFirst(count) where !kept.contains(Self.name(ofStep: step)) {
            DurableFiles.remove(checkpoint(ofStep: step))
        }
        removeDanglingLinks()
    }

    private func removeDanglingLinks() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: checkpoints)) ?? [] {
            let path = checkpoints + "/" + name
            let isLink = (try? files.destinationOfSymbolicLink(atPath: path)) != nil
            if isLink && !exists(path) { DurableFiles.remove(path) }
        }
    }

    /// Renames the checkpoints after that with which a run goes on, so that none of them is taken for
    /// its newest; `last` and `best` are those of its past again.
    ///
    /// Nobody may be writing here.
    ///
    /// - Parameter point: The checkpoint, nil for a run that begins anew.
    /// - Returns: What the user should know; nil if there was none.
    /// - Throws: `Failure` with `inputOutput`.
    func setAside(after point: ResumePoint?) throws -> String? {
        let steps = steps().filter { $0 > point?.state.progress.step ?? -1 }
        guard !steps.isEmpty else { return nil }
        for step in steps {
            let aside = checkpoints + "/" + Self.asidePrefix + Self.name(ofStep: step)
            DurableFiles.remove(aside)
            try DurableFiles.move(checkpoint(ofStep: step), to: aside)
        }
        removeDanglingLinks()
        if let progress = point?.state.progress {
            try link("last", toStep: progress.step)
            if let best = progress.bestStep, exists(checkpoint(ofStep: best)) {
                try link("best", toStep: best)
            }
        }
        try DurableFiles.synchronize(folder: checkpoints)
        let list = steps.reversed().map { "\($0)" }.joined(separator: ", ")
        return "\(checkpoints): what was there of \(steps.count > 1 ? "steps" : "step") \(list) is "
            + "kept as \(Self.asidePrefix)…"
    }

    private static let asidePrefix = "aside-"
}
