import Datasets
import Diagnostics
import Foundation
import Testing

/// Division of a table into training and test rows, and into two files.
@Suite struct TableSplitTests {
    private func labelled(_ counts: [String: Int]) throws -> Table {
        let rows = counts.sorted { $0.key < $1.key }.flatMap { name, count in
            (0..<count).map { "\($0),\(name)\n" }
        }
        return try table("x,y\n" + rows.joined(), options: TableOptions(label: "y"))
    }

    private func counts(_ rows: [Int32], in table: Table) -> [String: Int] {
        Dictionary(rows.map { (table.texts(1)[Int($0)] ?? "", 1) }, uniquingKeysWith: +)
    }

    @Test func eachClassGivesItsShare() throws {
        let table = try labelled(["a": 100, "b": 33, "c": 17, "": 7])
        let split = try TableSplit.rows(
            of: table, testFraction: 0.2, seed: 42, stratified: true)
        // 31 of 157: quotas 19.75, 6.52, 3.36 and 1.38, of which the first two are rounded up.
        #expect(counts(split.test, in: table) == ["a": 20, "b": 7, "c": 3, "": 1])
        #expect(counts(split.training, in: table) == ["a": 80, "b": 26, "c": 14, "": 6])
        #expect((split.training + split.test).sorted() == Array(0..<157))
        #expect(split.training == split.training.sorted() && split.test == split.test.sorted())
    }

    @Test func aClassOfOneRowIsTrainedOn() throws {
        var rows = ["a": 90]
        for place in 0..<10 { rows["k\(place)"] = 1 }
        let table = try labelled(rows)
        for seed in 0..<20 {
            let split = try TableSplit.rows(
                of: table, testFraction: 0.2, seed: UInt64(seed), stratified: true)
            #expect(split.test.count == 20 && counts(split.training, in: table).count == 11)
        }
    }

    @Test func numbersAreStratifiedByValue() throws {
        let rows = (0..<100).map { "\($0),\($0 < 90 ? 0 : 1)\n" }.joined()
        let table = try table("x,y\n" + rows, options: TableOptions(label: "y"))
        let split = try TableSplit.rows(of: table, testFraction: 0.3, seed: 1, stratified: true)
        #expect(split.test.count == 30 && split.test.count { $0 >= 90 } == 3)
    }

    @Test func theChoiceDependsOnTheSeedAlone() throws {
        let table = try labelled(["a": 60, "b": 40])
        func test(_ seed: UInt64, stratified: Bool = true) throws -> [Int32] {
            try TableSplit.rows(of: table, testFraction: 0.25, seed: seed, stratified: stratified)
                .test
        }
        #expect(try test(42) == test(42))
        #expect(try test(42) != test(43))
        #expect(try test(42, stratified: false) != test(42))
        // Written down so that a change of the choice does not pass unseen.
        #expect(try test(42).prefix(8) == [3, 4, 7, 9, 10, 11, 24, 30])
        // Each row is chosen by about a quarter of the seeds.
        var chosen = [Int](repeating: 0, count: 100)
        for seed in 0..<400 { for row in try test(UInt64(seed)) { chosen[Int(row)] += 1 } }
        #expect(chosen.allSatisfy { (60...140).contains($0) })
    }

    @Test func bothPartsHaveARow() throws {
        let table = try labelled(["a": 2, "b": 1])
        for fraction in [0.001, 0.5, 0.999] {
            let split = try TableSplit.rows(
                of: table, testFraction: fraction, seed: 1, stratified: true)
            #expect(!split.training.isEmpty && !split.test.isEmpty)
        }
        for fraction in [0, 1, -0.5, .nan, .infinity] {
            let failure = failure {
                _ = try TableSplit.rows(
                    of: table, testFraction: fraction, seed: 1, stratified: false)
            }
            #expect(failure?.exitCode == .usage && failure?.subject == "--test-fraction")
        }
        let single = try labelled(["a": 1])
        let failure = failure {
            _ = try TableSplit.rows(of: single, testFraction: 0.5, seed: 1, stratified: false)
        }
        #expect(failure?.description == "\(single.name): one row, expected two rows or more")
    }

    @Test func columnsOfClassesAreKnown() throws {
        let rows = (0..<40).map { "\($0 % 20),\($0 % 21),\($0).5,k\($0)\n" }.joined()
        let table = try table("a,b,c,d\n" + rows)
        #expect(table.columns.map(TableSplit.hasClasses) == [true, false, false, true])
        #expect(TableSplit.classCounts(of: table.columns[0])[3] == ("3", 2))
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func rowsAreWrittenAsTheyStand(lineEnd: String) throws {
        let folder = try TemporaryFolder()
        let rows = [
            "1,\"a\(lineEnd)b\" ", " 2 ,  c", "3,\"say \"\"hi\"\"\"", "", "4,", "5,last",
        ]
        let text = "\u{feff}x,y\(lineEnd)" + rows.joined(separator: lineEnd)
        let path = try folder.write(Array(text.utf8), to: "table.csv")
        let (training, test) = (folder.path + "/training.csv", folder.path + "/test.csv")
        try TableFile(path, options: TableOptions()).split(
            training: [0, 2, 4], test: [1, 3], trainingPath: training, testPath: test)
        let head = "\u{feff}x,y\(lineEnd)"
        #expect(
            try folder.read("training.csv")
                == Array((head + [rows[0], rows[2], rows[5], ""].joined(separator: lineEnd)).utf8))
        #expect(
            try folder.read("test.csv")
                == Array((head + [rows[1], rows[4], ""].joined(separator: lineEnd)).utf8))
        #expect(try Table.read(test).numbers(0) == [2, 4])
    }

    @Test func filesMustNotBeTheSame() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("x,y\n1,2\n3,4\n".utf8), to: "table.csv")
        let file = try TableFile(path, options: TableOptions())
        let other = folder.path + "/other.csv"
        for (training, test) in [
            (path, other), (other, path), (other, folder.path + "/./other.csv"),
        ] {
            let failure = failure {
                try file.split(training: [0], test: [1], trainingPath: training, testPath: test)
            }
            #expect(failure?.exitCode == .usage)
        }
        let failure = failure {
            try file.split(
                training: [0], test: [1], trainingPath: other, testPath: "/no/such/folder/t.csv")
        }
        #expect(failure?.exitCode == .inputOutput)
        #expect(!folder.contains("other.csv") && !folder.contains("other.csv.partial"))
    }
}
