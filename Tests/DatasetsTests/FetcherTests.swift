import Crypto
import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct FetcherTests {
    private static let content = pattern(300_000)
    private let folder: TemporaryFolder
    private let server: LocalServer

    init() throws {
        folder = try TemporaryFolder()
        server = try LocalServer(["a.gz": Self.content, "b.gz": [1, 2, 3]])
    }

    private static func md5(_ bytes: [UInt8]) -> Checksum {
        .md5(Insecure.MD5.hash(data: bytes).map { String(format: "%02x", $0) }.joined())
    }

    private static func sha256(_ bytes: [UInt8]) -> Checksum {
        .sha256(SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined())
    }

    private var download: Download {
        Download(
            baseURL: server.url, folderName: "set",
            files: [
                .init(name: "a.gz", checksum: Self.md5(Self.content)),
                .init(name: "b.gz", checksum: Self.md5([1, 2, 3])),
            ])
    }

    @Test func filesAreFetchedOnce() throws {
        let fetcher = Fetcher(folder: folder.path)
        try fetcher.fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
        #expect(try folder.read("set/b.gz") == [1, 2, 3])
        #expect(!folder.contains("set/a.gz.part"))
        try fetcher.fetch(download)
        #expect(
            server.requests == [.init(path: "a.gz", start: nil), .init(path: "b.gz", start: nil)])
    }

    @Test func anInterruptedTransferIsContinued() throws {
        server.change { $0.nextCut = 100_000 }
        let fetcher = Fetcher(folder: folder.path)
        let failure = failure { try fetcher.fetch(download) }
        #expect(failure?.exitCode == .inputOutput)
        #expect(failure?.subject == server.url + "a.gz")
        #expect(failure?.found.hasPrefix("curl: (18)") == true, "\(String(describing: failure))")
        #expect(
            failure?.fix
                == "try again, which continues the download, or bring the file to "
                + "\(folder.path)/set/a.gz yourself")
        #expect(try folder.read("set/a.gz.part") == Array(Self.content[..<100_000]))
        try fetcher.fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
        #expect(
            server.requests.map(\.start) == [nil, 100_000, nil])
    }

    @Test func withoutRangesTheTransferBeginsAgain() throws {
        server.change { $0.supportsRanges = false }
        try folder.write(Array(Self.content[..<1000]), to: "set/a.gz.part")
        try Fetcher(folder: folder.path).fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
    }

    @Test func aCompletePartIsNotFetchedAgain() throws {
        try folder.write(Self.content, to: "set/a.gz.part")
        try Fetcher(folder: folder.path).fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
        #expect(server.requests.map(\.path) == ["b.gz"])
    }

    @Test func aPartThatIsTooLongIsFetchedAnew() throws {
        try folder.write(Self.content + [0], to: "set/a.gz.part")
        try Fetcher(folder: folder.path).fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
    }

    @Test func aWrongChecksumDeletesTheFile() throws {
        server.change { $0.files["a.gz"]?[5] ^= 1 }
        let fetcher = Fetcher(folder: folder.path)
        let failure = failure { try fetcher.fetch(download) }
        #expect(failure?.exitCode == .badData)
        var wrong = Self.content
        wrong[5] ^= 1
        #expect(
            failure?.description
                == "\(server.url)a.gz: \(Self.md5(wrong)), expected \(Self.md5(Self.content)); "
                + "the wrong file was deleted; fetch it again, or from another mirror")
        #expect(!folder.contains("set/a.gz.part") && !folder.contains("set/a.gz"))
        server.change { $0.files["a.gz"] = Self.content }
        try fetcher.fetch(download)
        #expect(try folder.read("set/a.gz") == Self.content)
    }

    @Test func aWrongFileIsReplaced() throws {
        try folder.write([0], to: "set/b.gz")
        try Fetcher(folder: folder.path).fetch(download)
        #expect(try folder.read("set/b.gz") == [1, 2, 3])
    }

    @Test func aFileThatTheServerLacks() throws {
        server.change { $0.files["a.gz"] = nil }
        let failure = failure { try Fetcher(folder: folder.path).fetch(download) }
        #expect(failure?.exitCode == .inputOutput)
        #expect(failure?.found.contains("404") == true, "\(String(describing: failure))")
    }

    @Test func aMirrorReplacesTheAddress() throws {
        let official = Download(
            baseURL: "http://127.0.0.1:9/", folderName: "set", files: download.files)
        try Fetcher(folder: folder.path, baseURL: server.url).fetch(official)
        #expect(try folder.read("set/a.gz") == Self.content)
    }

    @Test func missingCurl() throws {
        let fetcher = Fetcher(folder: folder.path, curl: "no-such-curl")
        let failure = failure { try fetcher.fetch(download) }
        #expect(failure?.exitCode == .missingInput)
        #expect(
            failure?.description
                == "no-such-curl: no such program; install it: apt-get install curl")
    }

    @Test func aFolderThatCannotBeMade() throws {
        let file = try folder.write([1], to: "file")
        let failure = failure { try Fetcher(folder: file).fetch(download) }
        #expect(failure?.exitCode == .inputOutput)
        #expect(failure?.subject == file + "/set")
    }

    /// An archive as `tar` makes it, with one file that holds `content`.
    private func archive(_ content: [UInt8]) throws -> [UInt8] {
        try folder.write(content, to: "source/set/one.bin")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = [
            "tar", "-czf", folder.path + "/made.tar.gz", "-C", folder.path + "/source", "set",
        ]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        return try folder.read("made.tar.gz")
    }

    private func download(ofArchive bytes: [UInt8], holding content: [UInt8]) -> Download {
        server.change { $0.files["set.tar.gz"] = bytes }
        return Download(
            baseURL: server.url, folderName: "set",
            files: [.init(name: "set.tar.gz", checksum: Self.md5(bytes))],
            unpackedFiles: [.init(name: "one.bin", checksum: Self.sha256(content))])
    }

    @Test func anArchiveIsUnpackedOnce() throws {
        let archive = download(ofArchive: try archive([4, 5, 6]), holding: [4, 5, 6])
        try folder.write([0], to: "data/set/one.bin")
        let fetcher = Fetcher(folder: folder.path + "/data")
        try fetcher.fetch(archive)
        #expect(try folder.read("data/set/one.bin") == [4, 5, 6])
        #expect(!folder.contains("data/set.tar.gz") && !folder.contains("data/set.part"))
        try fetcher.fetch(archive)
        #expect(server.requests.count == 1)
    }

    @Test func anArchiveWithOtherContents() throws {
        let archive = download(ofArchive: try archive([4, 5, 6]), holding: [7])
        try folder.write([0], to: "data/set/one.bin")
        let failure = failure { try Fetcher(folder: folder.path + "/data").fetch(archive) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.subject == folder.path + "/data/set.tar.gz")
        // What was there before stays.
        #expect(try folder.read("data/set/one.bin") == [0])
    }

    @Test func anArchiveThatTarCannotRead() throws {
        let archive = download(ofArchive: [1, 2, 3], holding: [7])
        let failure = failure { try Fetcher(folder: folder.path + "/data").fetch(archive) }
        #expect(failure?.exitCode == .inputOutput)
        #expect(failure?.found.hasPrefix("tar failed: ") == true, "\(String(describing: failure))")
    }

    @Test func builtinHasNoFiles() {
        #expect(failure { _ = try Download.official(.builtin) }?.exitCode == .usage)
    }

    @Test(.enabled(if: RealData.hasMNIST, "mnist is not in shared/data"))
    func officialMNISTFromAMirror() throws {
        let official = try Download.official(.mnist)
        for file in official.files {
            let url = URL(fileURLWithPath: RealData.folder + "/mnist/" + file.name)
            let bytes = [UInt8](try Data(contentsOf: url))
            server.change { $0.files[file.name] = bytes }
        }
        try Fetcher(folder: folder.path, baseURL: server.url).fetch(official)
        let dataset = try Dataset.open(.mnist, folder: folder.path)
        #expect(dataset.training.count == 60_000)
    }
}
