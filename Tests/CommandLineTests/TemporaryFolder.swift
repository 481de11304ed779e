import Foundation

/// A folder that exists as long as a test needs it.
struct TemporaryFolder {
    /// Its path.
    let path: String

    /// Makes an empty folder.
    init() throws {
        path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "distrain-test-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Deletes the folder and all in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    /// Makes an empty file to be written to.
    func newFile(_ name: String) throws -> FileHandle {
        try write("", to: name)
        return try FileHandle(forWritingTo: URL(filePath: file(name)))
    }

    /// Writes a file, and the folders above it.
    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    /// Writes a file, and the folders above it.
    func write(_ data: Data, to name: String) throws {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    /// The contents of a file.
    func text(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: file(name)), encoding: .utf8)
    }

    /// The names in a folder of this one, sorted.
    func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(name)).sorted()
    }
}

/// Runs a body with a folder that is deleted afterwards.
func withTemporaryFolder<Result>(_ body: (TemporaryFolder) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    return try body(folder)
}
