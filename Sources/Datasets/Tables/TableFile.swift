import Diagnostics
import Foundation

/// A table's text, whose rows can be copied as they stand.
public struct TableFile {
    private let path: String
    private let bytes: ImmutableBytes
    private let dialect: TableDialect

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: How it is written; what they leave open is detected.
    /// - Throws: `Failure` with `.missingInput` if there is no such file, with `.badData` if it is no
    ///   table.
    public init(_ path: String, options: TableOptions) throws {
        self.path = path
        bytes = try ImmutableBytes(mapping: path)
        dialect = try TableDialect(bytes, path: path, options: options, like: nil)
    }

    /// Writes rows into two files, each with what comes before the rows: the line of names.
    ///
    /// The files appear under their names when both are complete.
    ///
    /// - Parameters:
    ///   - training: The rows of the first file, ascending, by number from 0 as in a `Table`.
    ///   - test: The rows of the second file, ascending; rows in neither are left out.
    ///   - trainingPath: The first file; one that is there is replaced.
    ///   - testPath: The second file; one that is there is replaced.
    /// - Throws: `Failure` with `.usage` if two of the three files are the same, with `.inputOutput`
    ///   if a file cannot be written, with `.badData` if a row cannot be read.
    public func split(
        training: [Int32], test: [Int32], trainingPath: String, testPath: String
    ) throws {
        try checkPaths(trainingPath, testPath)
        let files = try [trainingPath, testPath].map { try PartialFile(path: $0) }
        var rows = [training[...], test[...]]
        for file in files {
            try file.write(UnsafeBufferPointer(start: bytes.start, count: dialect.dataStart))
        }
        var scanner = CellScanner(
            bytes: bytes.start, end: bytes.count, delimiter: dialect.delimiter,
            position: dialect.dataStart)
        var row: Int32 = 0
        while scanner.skipBlankLines() {
            let start = scanner.position
            do throws(TableDefect) {
                _ = try scanner.skipRecord()
            } catch {
                throw error.failure(path: path, bytes: bytes, names: dialect.names)
            }
            for place in files.indices where rows[place].first == row {
                rows[place].removeFirst()
                try write(start..<scanner.position, to: files[place])
            }
            row += 1
        }
        for file in files { try file.close() }
        for file in files { try file.appear() }
    }

    /// Writes a row, with a line's end if it is the file's last and lacks one.
    private func write(_ range: Range<Int>, to file: PartialFile) throws {
        let text = UnsafeBufferPointer(start: bytes.start, count: bytes.count)
        try file.write(text[range])
        let last = bytes.start[range.upperBound - 1]
        if last != .lineFeed && last != .carriageReturn { try file.write(lineEnd) }
    }

    /// What ends the file's first line.
    private var lineEnd: [UInt8] {
        let text = UnsafeBufferPointer(start: bytes.start, count: bytes.count)
        guard let end = text.firstIndex(where: { $0 == .lineFeed || $0 == .carriageReturn }) else {
            return [.lineFeed]
        }
        let isPair = text[end] == .carriageReturn && text.dropFirst(end + 1).first == .lineFeed
        return isPair ? [.carriageReturn, .lineFeed] : [text[end]]
    }

    private func checkPaths(_ trainingPath: String, _ testPath: String) throws {
        let results = [trainingPath, testPath]
        let paths = ([path] + results + results.map(PartialFile.partialPath)).map {
            URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path
        }
        guard Set(paths).count == paths.count else {
            throw Failure(
                .usage, in: "--training and --test",
                expected: "two files other than \(path)", found: "\(trainingPath) and \(testPath)")
        }
    }
}
