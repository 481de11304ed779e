import Diagnostics
import Foundation

/// A checkpoint on disk whose files were found to be complete.
public struct Checkpoint: Sendable {
    static let modelFile = "model.safetensors"
    static let optimizerFile = "optimizer.safetensors"
    static let stateFile = "state.json"
    static let manifestFile = "MANIFEST.json"

    /// The checkpoint's folder.
    public let path: String
    /// How far the run had come, and its configuration.
    public let state: CheckpointState

    /// Opens a checkpoint and checks all its files.
    ///
    /// - Parameter path: A checkpoint, or a run directory, of which the best checkpoint is taken,
    ///   or the last if there is no best one.
    /// - Returns: The checkpoint.
    /// - Throws: `Failure` with `missingInput` if there is none, with `badData` if a file does not
    ///   agree with the manifest.
    public static func open(_ path: String) throws -> Checkpoint {
        let folder = RunFolder(path)
        let candidates = [path, folder.checkpoints + "/best", folder.checkpoints + "/last"]
        for candidate in candidates where exists(candidate + "/" + manifestFile) {
            return try Checkpoint(verifying: candidate)
        }
        throw Failure(
            .missingInput, in: path, expected: "a checkpoint or a run directory with one",
            found: exists(path) ? "has no checkpoint" : "no such folder")
    }

    /// Opens a checkpoint's folder and checks all files against its manifest.
    ///
    /// - Parameter path: The folder.
    /// - Throws: `Failure` with `missingInput` or `badData`.
    init(verifying path: String) throws {
        let manifest = try Manifest.read(path + "/" + Self.manifestFile)
        for name in [Self.modelFile, Self.optimizerFile, Self.stateFile] {
            guard let entry = manifest.files[name] else {
                throw Failure(
                    .badData, in: path + "/" + Self.manifestFile, found: "does not list \(name)")
            }
            try entry.verify(path + "/" + name)
        }
        let file = path + "/" + Self.stateFile
        state = try JSONFiles.read(CheckpointState.self, from: file)
        guard state.format == CheckpointState.currentFormat else {
            throw Failure(
                .badData, in: file, expected: "format \(CheckpointState.currentFormat)",
                found: "format \(state.format)", fix: "use the version of distrain that wrote it")
        }
        do {
            try state.configuration.validate()
        } catch let failure as Failure {
            throw Failure(
                .badData, in: file, expected: failure.expected,
                found: "\(failure.subject): \(failure.found)")
        }
        if let chain = state.ledgerChain, !ReusableSHA256.isHash(chain) {
            throw Failure(
                .badData, in: "\(file): ledger_chain",
                expected: "\(ReusableSHA256.digitCount) hexadecimal digits",
                found: "\(chain.utf8.count) characters",
                fix: "go on with another checkpoint")
        }
        self.path = path
    }

    /// The network with its parameters.
    ///
    /// - Returns: The network.
    /// - Throws: `Failure` with `badData` if the file is wrong in spite of the manifest.
    public func model() throws -> Model { try Model.read(from: path + "/" + Self.modelFile) }

    /// What was learned: a network with its parameters, or trees.
    ///
    /// - Returns: The model.
    /// - Throws: `Failure` with `badData` if the file is wrong in spite of the manifest.
    public func trainedModel() throws -> any TrainedModel {
        guard TreeChoice(state.configuration) != nil else { return try model() }
        return try TreeModel.read(from: path + "/" + Self.modelFile)
    }
}

/// The list of a checkpoint's files, by which it is known to be complete.
struct Manifest: Codable {
    struct Entry: Codable {
        let sha256: String
        let bytes: Int

        /// Checks that a file is as it was written.
        func verify(_ path: String) throws {
            guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size],
                let found = size as? Int
            else { throw Failure(.missingInput, in: path, found: "no such file") }
            guard found == bytes else {
                throw Failure(
                    .badData, in: path, expected: "\(bytes.grouped) bytes",
                    found: "\(found.grouped) bytes")
            }
            guard try DurableFiles.digest(of: path).sha256 == sha256 else {
                throw Failure(
                    .badData, in: path, expected: "the sha256 in \(Checkpoint.manifestFile)",
                    found: "the contents changed")
            }
        }
    }

    let format: Int
    let files: [String: Entry]

    /// Lists files as they are.
    init(of names: [String], in folder: String) throws {
        format = CheckpointState.currentFormat
        files = try Dictionary(
            uniqueKeysWithValues: names.map { name in
                let digest = try DurableFiles.digest(of: folder + "/" + name)
                return (name, Entry(sha256: digest.sha256, bytes: digest.byteCount))
            })
    }

    /// Reads a list.
    static func read(_ path: String) throws -> Manifest {
        try JSONFiles.read(Manifest.self, from: path)
    }
}

/// Whether there is a file or folder, or a link to one.
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
