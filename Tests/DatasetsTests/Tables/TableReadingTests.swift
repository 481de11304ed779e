import Datasets
import Diagnostics
import Foundation
import Testing

/// Each quirk of text files that `Table.read` takes.
@Suite struct TableReadingTests {
    @Test(arguments: [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
    func delimitersAreDetected(delimiter: String, name: String) throws {
        let text = ["x,y,kind", "1.5,-2,a", "3e2,.5,b", "0,7.,a"]
            .map { $0.replacing(",", with: delimiter) }.joined(separator: "\n")
        let table = try table(text + "\n")
        #expect(table.schema.columns.map(\.name) == ["x", "y", "kind"])
        #expect(table.types == [.numeric, .numeric, .category])
        #expect(table.numbers(0) == [1.5, 300, 0] && table.numbers(1) == [-2, 0.5, 7])
        #expect(table.texts(2) == ["a", "b", "a"])
    }

    @Test func theDelimiterThatMakesEqualRecordsIsTaken() throws {
        let table = try table("name;note\nx;a, b, c\ny;d\nz;e, f\n")
        #expect(table.schema.columns.map(\.name) == ["name", "note"])
        #expect(table.texts(1) == ["a, b, c", "d", "e, f"])
    }

    @Test func aGivenDelimiterIsTaken() throws {
        for (written, delimiter) in [("#", "#"), ("\t", "tab"), ("\t", "\\t")] {
            let table = try table(
                "a\(written)1,2\nb\(written)3,4\n", options: TableOptions(delimiter: delimiter))
            #expect(table.texts(1) == ["1,2", "3,4"])
        }
        for bad in ["", "::", "\"", "5", "e", "-", " ", "\n", "é"] {
            let failure = try failure(
                ofReading: Array("1,2\n".utf8), options: TableOptions(delimiter: bad))
            #expect(failure?.exitCode == .usage && failure?.subject == "--delimiter", "\(bad)")
        }
    }

    @Test func headersAreDetected() throws {
        let cases: [(text: String, hasHeader: Bool)] = [
            ("x,y\n1,2\n", true),
            ("1,2\n3,4\n", false),
            ("a,b\nc,d\ne,f\n", true),
            ("a,b\nc,b\ne,f\n", false),
            ("a,b\nc,d\n", false),
            ("a,a\n1,2\n", false),
            ("NA,x\n1,2\n", false),
            (",x\n0,5\n1,6\n", true),
            ("x,y\nNA,a\n3,b\n", true),
            ("\"x\"\"y\",z\n1,2\n", true),
            ("label\n1\n0\n", true),
        ]
        for (text, hasHeader) in cases {
            #expect(try table(text).schema.hasHeader == hasHeader, "\(text)")
        }
        #expect(try table(",x\n0,5\n").schema.columns.map(\.name) == ["column1", "x"])
        #expect(try table("1,2\n").schema.columns.map(\.name) == ["column1", "column2"])
        #expect(try table("\"x\"\"y\",z\n1,2\n").schema.columns[0].name == "x\"y")
    }

    @Test func aGivenHeaderIsTaken() throws {
        let years = "1990,1991\n5,6\n"
        #expect(try table(years).rowCount == 2)
        let table = try table(years, options: TableOptions(hasHeader: true))
        #expect(table.rowCount == 1 && table.schema.columns.map(\.name) == ["1990", "1991"])
        let none = try Self.texts("x\n1\n", TableOptions(hasHeader: false))
        #expect(none == [["x", "1"]])
    }

    @Test func namesThatComeTwiceAreToldApart() throws {
        let options = TableOptions(hasHeader: true)
        let names = try table("a,a,a.1,a,\n1,2,3,4,5\n", options: options).schema.columns.map(
            \.name)
        #expect(names == ["a", "a.1", "a.1.1", "a.2", "column5"])
    }

    @Test func quotedCellsHoldWhatSeparates() throws {
        let text =
            "id,text\n1,\"a,b\"\n2,\"line\nbreak\"\n3,\"say \"\"hi\"\"\"\n4, \"  kept \" \n5,\"\"\n"
        let table = try table(text)
        #expect(table.numbers(0) == [1, 2, 3, 4, 5])
        #expect(table.texts(1) == ["a,b", "line\nbreak", "say \"hi\"", "  kept ", nil])
    }

    @Test func aQuoteInsideOfACellIsACharacter() throws {
        let table = try table("id,size\n1,5\" pipe\n2,x\"y\"\n")
        #expect(table.texts(1) == ["5\" pipe", "x\"y\""])
    }

    @Test func quotedNumbersAreNumbers() throws {
        let table = try table("\"x\",\"y\"\n\"1.5\",\" 2\"\n3, \"4\" \n")
        #expect(table.numbers(0) == [1.5, 3])
        #expect(table.texts(1) == [" 2", "4"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func everyLineEndIsTaken(lineEnd: String) throws {
        let text = ["x,y", "1,a", "", "  ", "2,\"b\(lineEnd)c\"", "3,d"].joined(separator: lineEnd)
        for end in ["", lineEnd, lineEnd + lineEnd] {
            let table = try table(text + end)
            #expect(table.numbers(0) == [1, 2, 3])
            #expect(table.texts(1) == ["a", "b\(lineEnd)c", "d"])
        }
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        let table = try table("\u{feff}x,y\n1,2\n")
        #expect(table.schema.columns.map(\.name) == ["x", "y"])
    }

    @Test func aByteOrderMarkBeforeAQuoteIsSkipped() throws {
        #expect(
            try table("\u{feff}\"a,b\",c\n1,2\n").schema.columns.map(\.name) == ["a,b", "c"])
    }

    @Test func spacesAroundCellsDoNotBelongToThem() throws {
        let table = try table(" x , y\n 1 ,  a b \n2\t, c\n")
        #expect(table.schema.columns.map(\.name) == ["x", "y"])
        #expect(table.numbers(0) == [1, 2])
        #expect(table.texts(1) == ["a b", "c"])
    }

    @Test func usualMarkersOfMissingValues() throws {
        let markers = [""] + TableOptions.usualMissingMarkers
        let rows = markers.map { "\($0),\($0),1\n\"\($0)\", \($0) ,1\n" }.joined()
        let table = try table("x,y,z\n" + rows + "5,a,2\n")
        #expect(table.columns.map(\.missingCount) == [2 * markers.count, 2 * markers.count, 0])
        #expect(table.numbers(0).last == 5 && table.texts(1).last == "a")
        #expect(table.types == [.numeric, .category, .numeric])
    }

    @Test func givenMarkersOfMissingValues() throws {
        let options = TableOptions(missingMarkers: ["-999", "none"])
        let table = try table("x,y\n-999,none\n1,NA\n-999.0,\n", options: options)
        #expect(table.numbers(0).map(\.isNaN) == [true, false, false])
        #expect(table.texts(1) == [nil, "NA", nil])
        #expect(TableOptions.missingMarkers(parsing: "NA, -999,") == ["NA", "-999"])
    }

    @Test func typesAreInferredFromEveryRow() throws {
        // The head of a file that is looked at first has 65,536 bytes.
        let rows = (0..<30_000).map { "\($0),\($0)" }
        let table = try table((["x,y"] + rows + ["7,text", "8,"]).joined(separator: "\n"))
        #expect(table.types == [.numeric, .category])
        #expect(table.numbers(0).suffix(2) == [7, 8])
        #expect(table.texts(1)[29_999...] == ["29999", "text", nil])
        #expect(table.rowCount == 30_002)
    }

    @Test func typesCanBeGiven() throws {
        let types = try TableOptions.columnTypes(parsing: "name=ignored,2=category,-1=numeric")
        #expect(types == ["name": .ignored, "2": .category, "-1": .numeric])
        let table = try table(
            "name,class,x\nA,1,5\nB,2,6\n", options: TableOptions(columnTypes: types))
        #expect(table.types == [.ignored, .category, .numeric])
        #expect(table.columns[0].values == .ignored)
        #expect(table.texts(1) == ["1", "2"])
        for bad in ["name", "=numeric", "name=number", "a=numeric,,"] {
            let failure = failure { _ = try TableOptions.columnTypes(parsing: bad) }
            #expect(failure?.exitCode == .usage)
        }
    }

    @Test func columnsAreFoundByNameOrNumber() throws {
        let schema = try table("x,2,y\n1,2,3\n", options: TableOptions(hasHeader: true)).schema
        #expect(schema.index(of: "y") == 2)
        #expect(schema.index(of: "2") == 1, "a name goes before a number")
        #expect(schema.index(of: "1") == 0 && schema.index(of: "-1") == 2)
        for bad in ["0", "4", "-4", "z", "", "9223372036854775807", "-9223372036854775808"] {
            #expect(schema.index(of: bad) == nil)
        }
    }

    @Test func rowsOfAnyShapeAreRows() throws {
        #expect(try table("x\n1").rowCount == 1)
        #expect(try table("x,y\n,\n,\n3,4\n").numbers(0).map(\.isNaN) == [true, true, false])
        #expect(
            try table("a,b\n,\n", options: TableOptions(hasHeader: true)).types == [
                .numeric, .numeric,
            ])
    }

    @Test func levelsAreSortedByTheirBytes() throws {
        let table = try table("k\nb\nB\nä\na\nzz\nz\n", options: TableOptions(hasHeader: true))
        guard case .category(_, let levels) = table.columns[0].values else {
            Issue.record("not a category")
            return
        }
        #expect(levels == ["B", "a", "b", "z", "zz", "ä"])
    }

    private static func texts(_ text: String, _ options: TableOptions) throws -> [[String?]] {
        let table = try table(text, options: options)
        return table.columns.indices.map(table.texts)
    }
}
