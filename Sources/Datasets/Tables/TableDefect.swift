import Diagnostics

/// What is wrong at a place in a table's file.
struct TableDefect: Error {
    /// The kinds of things that are wrong.
    enum Kind {
        case unclosedQuote
        case textAfterQuote
        case cellCount(expected: Int, found: Int)
        case noNumber(column: Int, text: String)
        case infiniteNumber(column: Int, text: String)
        case zeroByte
        case invalidUTF8
        case tooManyLevels(column: Int)
        case tooManyRows
    }

    /// The distance from the file's first byte.
    let offset: Int
    let kind: Kind

    /// Says it with the number of the line, counted from 1.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bytes: Its contents.
    ///   - names: The names of its columns.
    /// - Returns: What to throw.
    func failure(path: String, bytes: ImmutableBytes, names: [String]) -> Failure {
        let line = lineNumber(of: offset, in: bytes)
        func failure(
            expected: String? = nil, found: String, fix: String? = nil, column: Int? = nil
        ) -> Failure {
            let place = column.map { ", column \"\(names[$0])\"" } ?? ""
            return Failure(
                .badData, in: "\(path), line \(line.grouped)\(place)", expected: expected,
                found: found, fix: fix)
        }
        return switch kind {
        case .unclosedQuote:
            failure(
                expected: "a quote at the cell's end", found: "the file's end in a quoted cell",
                fix: "close the quote, or double it if it is part of the text")
        case .textAfterQuote:
            failure(
                expected: "a separator or the line's end after a quoted cell", found: "more text",
                fix: "double the quotes that are part of the text")
        case .cellCount(let expected, let found):
            failure(
                expected: "\(expected.grouped) as in the first line",
                found: found == 1 ? "1 cell" : "\(found.grouped) cells",
                fix: "see that the separator is right and that cells that hold it are quoted")
        case .noNumber(let column, let text):
            failure(expected: "a number", found: "\"\(text)\"", column: column)
        case .infiniteNumber(let column, let text):
            failure(expected: "a finite number", found: "\"\(text)\"", column: column)
        case .zeroByte:
            failure(expected: "text", found: "a NUL byte", fix: "save the table as UTF-8 text")
        case .invalidUTF8:
            failure(
                expected: "UTF-8 text", found: "bytes of another encoding",
                fix: "convert the file, as with `iconv -f latin1 -t utf-8`")
        case .tooManyLevels(let column): tooManyLevels(names[column], in: path)
        case .tooManyRows:
            failure(expected: "at most \(Table.largestRowCount.grouped) rows", found: "more")
        }
    }
}

/// The number of a byte's line; lines end in LF, CRLF or CR.
private func lineNumber(of offset: Int, in bytes: ImmutableBytes) -> Int {
    var line = 1
    for place in 0..<min(offset, bytes.count) {
        switch bytes.start[place] {
        case .lineFeed: line += 1
        case .carriageReturn where place + 1 == bytes.count || bytes.start[place + 1] != .lineFeed:
            line += 1
        default: break
        }
    }
    return line
}
