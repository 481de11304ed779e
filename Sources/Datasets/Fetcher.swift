import Diagnostics
import Foundation

/// Downloads data sets with the system's `curl`, and unpacks them with its `tar`.
///
/// A file is downloaded to `NAME.part` and gets its name when its checksum fits. An interrupted
/// download is continued by the next one, where the server allows it.
public struct Fetcher: Sendable {
    /// The data folder.
    public let folder: String
    private let baseURL: String?
    private let curl: String
    private let tar: String
    private let showsProgress: Bool
    private let report: @Sendable (String) -> Void

    /// Creates a fetcher.
    ///
    /// - Parameters:
    ///   - folder: The data folder; made if it is missing.
    ///   - baseURL: A mirror to use instead of the official address, ending in a slash.
    ///   - showsProgress: Whether curl draws its progress bar on standard error.
    ///   - curl: The name or path of curl.
    ///   - tar: The name or path of tar.
    ///   - report: Receives a line for each file that is complete.
    public init(
        folder: String, baseURL: String? = nil, showsProgress: Bool = false, curl: String = "curl",
        tar: String = "tar", report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.folder = folder
        self.baseURL = baseURL
        self.curl = curl
        self.tar = tar
        self.showsProgress = showsProgress
        self.report = report
    }

    /// Downloads, checks and unpacks; what is already there and fits is kept.
    ///
    /// - Parameter download: What to bring.
    /// - Throws: `Failure` with `.inputOutput` if the transfer or writing fails, with `.badData` for a
    ///   wrong checksum, with `.missingInput` if curl or tar is missing.
    public func fetch(_ download: Download) throws {
        let destination = folder + "/" + download.folderName
        let isArchive = !download.unpackedFiles.isEmpty
        if isArchive && firstMismatch(of: download.unpackedFiles, in: destination) == nil {
            report("\(destination): complete already")
            return
        }
        let downloadFolder = isArchive ? folder : destination
        try makeFolder(downloadFolder)
        for file in download.files {
            let path = downloadFolder + "/" + file.name
            try fetch(file, from: baseURL ?? download.baseURL, to: path)
            if isArchive {
                try unpack(path, download)
                report("\(destination): complete")
            }
        }
    }

    private func fetch(_ file: Download.File, from base: String, to path: String) throws {
        if fits(file, path: path) {
            report("\(path): complete already")
            return
        }
        let part = path + ".part"
        let url = base + file.name
        if !fits(file, path: part) { try transfer(url, to: part) }
        let found = try file.checksum.ofFile(part)
        guard found == file.checksum else {
            try remove(part)
            throw Failure(
                .badData, in: url, expected: "\(file.checksum)", found: "\(found)",
                fix: "the wrong file was deleted; fetch it again, or from another mirror")
        }
        try move(part, to: path)
        report("\(path): complete")
    }

    /// Runs curl, which continues a partial file.
    ///
    /// Where that cannot be, it begins again, once.
    private func transfer(_ url: String, to part: String) throws {
        let hadPart = FileManager.default.fileExists(atPath: part)
        var result = try runCurl(url, to: part)
        if hadPart && cannotContinue(result) {
            try remove(part)
            result = try runCurl(url, to: part)
        }
        guard result.status == 0 else {
            let reason =
                result.standardError.isEmpty
                ? "curl ended with exit code \(result.status)" : result.standardError
            throw Failure(
                .inputOutput, in: url, found: reason,
                fix: "try again, which continues the download, or bring the file to "
                    + "\(part.dropLast(".part".count)) yourself")
        }
    }

    private func runCurl(_ url: String, to part: String) throws -> ChildProcess.Result {
        let progress = showsProgress ? ["--progress-bar"] : ["--silent", "--show-error"]
        return try ChildProcess.run(
            curl,
            progress + [
                "--fail", "--location", "--retry", "3", "--connect-timeout", "30",
                // A transfer that stands still for a minute has failed.
                "--speed-limit", "1", "--speed-time", "60",
                "--continue-at", "-", "--output", part, "--write-out", "%{http_code}", url,
            ], showsErrors: showsProgress, fix: "install it: apt-get install curl")
    }

    /// Whether curl failed since the server gives no ranges (33) or has no such range (416).
    private func cannotContinue(_ result: ChildProcess.Result) -> Bool {
        result.status == 33 || (result.status == 22 && result.standardOutput == "416")
    }

    /// Unpacks beside the destination and moves the folder there once every file is verified.
    private func unpack(_ archive: String, _ download: Download) throws {
        let temporary = folder + "/" + download.folderName + ".part"
        let destination = folder + "/" + download.folderName
        try remove(temporary)
        try makeFolder(temporary)
        let result = try ChildProcess.run(
            tar, ["-xzf", archive, "-C", temporary], showsErrors: false,
            fix: "install it: apt-get install tar")
        guard result.status == 0 else {
            throw Failure(.inputOutput, in: archive, found: "tar failed: \(result.standardError)")
        }
        let unpacked = temporary + "/" + download.folderName
        if let wrong = firstMismatch(of: download.unpackedFiles, in: unpacked) {
            try remove(temporary)
            throw Failure(
                .badData, in: archive, expected: "\(wrong.name) with \(wrong.checksum)",
                found: "another one or none", fix: "delete the archive and fetch it again")
        }
        try remove(destination)
        try move(unpacked, to: destination)
        try remove(temporary)
        try remove(archive)
    }

    private func firstMismatch(of files: [Download.File], in folder: String) -> Download.File? {
        files.first { !fits($0, path: folder + "/" + $0.name) }
    }

    private func fits(_ file: Download.File, path: String) -> Bool {
        // A file that cannot be read does not fit; reading it in earnest then tells why.
        (try? file.checksum.ofFile(path)) == file.checksum
    }

    private func makeFolder(_ path: String) throws {
        try orFail(path, "cannot be made") {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
    }

    private func move(_ path: String, to target: String) throws {
        // `rename` replaces a file at once; FileManager would refuse to.
        guard rename(path, target) == 0 else {
            throw Failure(
                .inputOutput, in: target,
                found: "cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    private func remove(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try orFail(path, "cannot be deleted") { try FileManager.default.removeItem(atPath: path) }
    }

    private func orFail(_ path: String, _ problem: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw Failure(
                .inputOutput, in: path, found: "\(problem) (\(error.localizedDescription))")
        }
    }
}
