import Datasets
import Diagnostics
import Foundation
import Testing

/// What is said of files that are no tables, or not the ones that were asked for.
@Suite struct BadTableTests {
    /// A file, how it is read, and what is said of it.
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var bytes: [UInt8]
        var options = TableOptions()
        /// A table that the file has to be like.
        var like: String?
        let message: String

        init(
            _ description: String, _ text: String, options: TableOptions = TableOptions(),
            like: String? = nil, message: String
        ) {
            testDescription = description
            bytes = Array(text.utf8)
            self.options = options
            self.like = like
            self.message = message
        }

        init(_ description: String, bytes: [UInt8], message: String) {
            testDescription = description
            self.bytes = bytes
            self.message = message
        }
    }

    static let advice =
        "; see that the separator is right and that cells that hold it are quoted"
    static let labelled = TableOptions(label: "kind")
    static let training = "x,y,kind\n1,2,a\n3,4,b\n"
    static let plainTraining = "1,2,3\n4,5,6\n"

    static let bad: [Bad] = [
        Bad("empty", "", message: "table.csv: an empty file"),
        Bad("empty lines", "\n \r\n\n", message: "table.csv: only empty lines, expected rows"),
        Bad(
            "a byte order mark", bytes: [0xef, 0xbb, 0xbf],
            message: "table.csv: only empty lines, expected rows"),
        Bad(
            "names alone", "x,y\n\n", options: TableOptions(hasHeader: true),
            message: "table.csv: only the names of columns, expected rows"),
        Bad(
            "too few cells", "x,y\n1,2\n\n3\n",
            message: "table.csv, line 4: 1 cell, expected 2 as in the first line" + advice),
        Bad(
            "too many cells", "x,y\r\n1,\"2\r\n\"\r\n3,4,5\r\n",
            message: "table.csv, line 4: 3 cells, expected 2 as in the first line" + advice),
        Bad(
            "a separator at a line's end", "x,y\n1,2,\n",
            message: "table.csv, line 2: 3 cells, expected 2 as in the first line" + advice),
        Bad(
            "a quote that is not closed", "x,y\n1,a\n2,\"b\n3,c\n",
            message: "table.csv, line 3: the file's end in a quoted cell, expected a quote at "
                + "the cell's end; close the quote, or double it if it is part of the text"),
        Bad(
            "a quote in the first line that is not closed", "x,\"y\n1,a\n",
            message: "table.csv, line 1: the file's end in a quoted cell, expected a quote at "
                + "the cell's end; close the quote, or double it if it is part of the text"),
        Bad(
            "text after a quoted cell", "x,y\n1,a\n2,\"b\"c\n",
            message: "table.csv, line 3: more text, expected a separator or the line's end after "
                + "a quoted cell; double the quotes that are part of the text"),
        Bad(
            "a NUL byte", "x,y\n1,a\n2,b\0\n",
            message: "table.csv, line 3: a NUL byte, expected text; save the table as UTF-8 text"),
        Bad(
            "a NUL byte among the names", "x\0,y\n1,a\n",
            message: "table.csv, line 1: a NUL byte, expected text; save the table as UTF-8 text"),
        Bad(
            "Latin-1", bytes: Array("x,y\n1,a\n2,".utf8) + [0xe9, 0x0a],
            message: "table.csv, line 3: bytes of another encoding, expected UTF-8 text; convert "
                + "the file, as with `iconv -f latin1 -t utf-8`"),
        Bad(
            "UTF-16", bytes: [0xff, 0xfe, 0x31, 0, 0x0a, 0],
            message: "table.csv: text in UTF-16, expected UTF-8 text; convert the file, as with "
                + "`iconv -f utf-16 -t utf-8`"),
        Bad(
            "too many columns", String(repeating: "1,", count: 100_001) + "\n",
            message: "table.csv: more, expected at most 100,000 columns; see that this is a "
                + "table with a line for each row"),
        Bad(
            "no such label", training, options: TableOptions(label: "kinds"),
            message: "table.csv: no column \"kinds\", expected a name, or a number from 1 to 3; "
                + "did you mean \"kind\"?"),
        Bad(
            "no such number", training, options: TableOptions(label: "4"),
            message: "table.csv: no column \"4\", expected a name, or a number from 1 to 3; "
                + "`distrain data info csv:FILE` lists them"),
        Bad(
            "no such column", training, options: TableOptions(columnTypes: ["z": .ignored]),
            message: "table.csv: no column \"z\", expected a name, or a number from 1 to 3; "
                + "did you mean \"x\"?"),
        Bad(
            "text in a column that was said to be numeric", training,
            options: TableOptions(columnTypes: ["kind": .numeric]),
            message: "table.csv, line 2, column \"kind\": \"a\", expected a number"),
        Bad(
            "text where the other table has numbers", "x,y,kind\n1,2,a\n3,four,b\n",
            options: labelled, like: training,
            message: "table.csv, line 3, column \"y\": \"four\", expected a number"),
        Bad(
            "a column less than the other table", "x,kind\n1,a\n", options: labelled,
            like: training,
            message: "table.csv: no column \"y\", expected the columns that the model was "
                + "trained on; is it \"x\"?"),
        Bad(
            "fewer columns, without names", "1\n2\n", options: TableOptions(label: "-1"),
            like: plainTraining,
            message: "table.csv: 1 column, expected 3 as in the table that the model was "
                + "trained on, or one less without the label"),
        Bad(
            "more columns, without names", "1,2,3,4\n", like: plainTraining,
            message: "table.csv: 4 columns, expected 3 as in the table that the model was "
                + "trained on"),
    ]

    @Test(arguments: bad, [1, 3])
    func isNamed(_ file: Bad, rankCount: Int) throws {
        let schema = try file.like.map { try table($0, options: file.options).schema }
        let failure = try failure(
            ofReading: file.bytes, options: file.options, like: schema, rankCount: rankCount)
        #expect(failure?.description == file.message)
        #expect(failure?.exitCode == .badData)
    }

    @Test func aFileThatIsNotThere() throws {
        let failure = failure { _ = try Table.read("/no/such/table.csv") }
        #expect(failure?.exitCode == .missingInput)
        #expect(failure?.description == "/no/such/table.csv: no such file")
    }

    @Test func aFolder() throws {
        let folder = try TemporaryFolder()
        let failure = failure { _ = try Table.read(folder.path) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.description == "\(folder.path): a folder, expected a file")
    }

    @Test func theLabelCannotBeIgnored() throws {
        let failure = try failure(
            ofReading: Array(Self.training.utf8),
            options: TableOptions(label: "kind", columnTypes: ["3": .ignored]))
        #expect(failure?.exitCode == .usage)
    }

    @Test(
        arguments: [
            (["1,2\n", "1,2\n3,4\n"], "files of 4, 8 bytes"),
            // As long, with other columns.
            (["a,b,c\n1,2,3\n", "aaa,b\n1,234\n"], "files that differ in their first lines"),
        ])
    func filesThatDifferBetweenRanks(texts: [String], found: String) throws {
        let folder = try TemporaryFolder()
        let paths = try texts.enumerated().map {
            try folder.write(Array($1.utf8), to: "table\($0).csv")
        }
        let messages = LockstepRanks(2).map { ranks in
            do {
                _ = try Table.read(paths[ranks.rank], ranks: ranks)
                return ""
            } catch {
                return "\(error)"
            }
        }
        for (path, message) in zip(paths, messages) {
            #expect(
                message
                    == "\(path): \(found), expected the same file on every rank; copy it to every "
                    + "host, or give a path that all of them share")
        }
    }
}
