import Datasets
import Diagnostics
import Foundation
import Testing

/// Tables as features; `RealTablesTests` has them beside scikit-learn's.
@Suite struct TableEncoderTests {
    static let text = """
        x,color,constant,y
        1,red,5,no
        ,green,5,yes
        4,,5,yes
        10,blue,5,no

        """

    /// As `table`, where a variable has that name.
    private static func other(_ text: String, like schema: TableSchema) throws -> Table {
        try table(text, like: schema)
    }

    private func rows(_ table: EncodedTable) -> [[Float]] {
        (0..<table.rowCount).map { row in
            Array(UnsafeBufferPointer(start: table.features(at: row), count: table.featureCount))
        }
    }

    @Test func columnsAreImputedStandardisedAndOneHot() throws {
        let table = try table(Self.text, options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: table, task: .classification)
        #expect(
            encoder.featureNames == ["x", "color=blue", "color=green", "color=red", "constant"])
        #expect(encoder.featureCount == 5 && encoder.classNames == ["no", "yes"])
        let encoded = try encoder.encode(table)
        // 1, 4, 4, 10: mean 4.75, population variance 10.6875.
        let deviation = 10.6875.squareRoot()
        #expect(
            rows(encoded) == [
                [Float((1 - 4.75) / deviation), 0, 0, 1, 0],
                [Float((4 - 4.75) / deviation), 0, 1, 0, 0],
                [Float((4 - 4.75) / deviation), 0, 0, 0, 0],
                [Float((10 - 4.75) / deviation), 1, 0, 0, 0],
            ])
        #expect((0..<4).map(encoded.label(at:)) == [0, 1, 1, 0] && encoded.hasLabels)
        #expect(encoded.rowCount == 4 && encoded.featureNames == encoder.featureNames)
    }

    @Test func onlyTrainingRowsAreFitted() throws {
        let table = try table(Self.text, options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: table, rows: [0, 2, 1], task: .classification)
        #expect(encoder.featureNames == ["x", "color=green", "color=red", "constant"])
        let encoded = try encoder.encode(table, rows: [3, 0])
        // 1, 4 and the median 2.5: mean 2.5, variance 1.5; blue is unknown.
        let deviation = 1.5.squareRoot()
        #expect(
            rows(encoded) == [
                [Float(7.5 / deviation), 0, 0, 0], [Float(-1.5 / deviation), 0, 1, 0],
            ])
    }

    @Test func treesGetNumbersAsTheyAre() throws {
        let table = try table(Self.text, options: TableOptions(label: "y"))
        let encoder = try TableEncoder(
            fitting: table, rows: [0, 1, 2], task: .classification, scaling: .plain,
            categoryCoding: .ordinal)
        #expect(encoder.featureNames == ["x", "color", "constant"])
        let encoded = rows(try encoder.encode(table))
        #expect(encoded[0] == [1, 1, 5])
        #expect(encoded[1][0].isNaN && encoded[1][1] == 0)
        #expect(encoded[2][0] == 4 && encoded[2][1].isNaN, "a missing cell")
        #expect(encoded[3][0] == 10 && encoded[3][1].isNaN, "a level that no training row has")
    }

    @Test func numbersAreClassesInTheirOrder() throws {
        let table = try table("x,y\n1,10\n2,9\n3,-1\n4,9\n", options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: table, task: .classification)
        #expect(encoder.classNames == ["-1", "9", "10"])
        let test = try Self.other("x,y\n1,9.0\n2,-1.\n", like: encoder.schema)
        let encoded = try encoder.encode(test)
        #expect((0..<2).map(encoded.label(at:)) == [1, 0])
    }

    @Test func numbersAreTargets() throws {
        let table = try table("x,y\n1,10.5\n2,9\n", options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: table, task: .regression)
        let encoded = try encoder.encode(table)
        #expect(encoder.classNames.isEmpty && encoded.classNames.isEmpty)
        #expect((0..<2).map(encoded.target(at:)) == [10.5, 9])
    }

    @Test func aTableWithoutLabelsIsEncoded() throws {
        let training = try table(Self.text, options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: training, task: .classification)
        let test = try table("x,color,constant\n,,\n", like: encoder.schema)
        let encoded = try encoder.encode(test)
        #expect(!encoded.hasLabels && encoded.rowCount == 1)
        #expect(rows(encoded)[0] == [Float((4 - 4.75) / 10.6875.squareRoot()), 0, 0, 0, 0])
    }

    @Test func aPointBehindATestLabelIsPassedOver() throws {
        let training = try table("x,y\n1,a\n2,b\n3,b.\n", options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: training, task: .classification)
        let test = try table("x,y\n1,a.\n2,b.\n3,b\n", like: encoder.schema)
        let encoded = try encoder.encode(test)
        // b. is a class of its own here, and a. is none.
        #expect((0..<3).map(encoded.label(at:)) == [0, 2, 1])
    }

    /// A table that cannot be learned from, and what is said.
    static let bad: [(text: String, task: TableTask, message: String)] = [
        (
            "x,y\n1,a\n2,a\n", .classification,
            "column \"y\": one class alone, \"a\", expected two classes or more"
        ),
        (
            "x,y\n1,7\n2,7\n", .classification,
            "column \"y\": one class alone, \"7\", expected two classes or more"
        ),
        (
            "x,z,y\n,1,a\nNA,2,b\n", .classification,
            "column \"x\": all cells are missing, expected a value in some training row; leave "
                + "it out with --column-types \"x=ignored\""
        ),
        (
            "x,y\n1,a\n2,\n3,b\n", .classification,
            "column \"y\": row 2 has none, expected a label in each row"
        ),
        (
            "x,y\n1,1\n2,\n3,2\n", .classification,
            "column \"y\": row 2 has none, expected a label in each row"
        ),
        (
            "x,y\n1,1\n2,2.5\n", .classification,
            "column \"y\": 2.5, expected classes: texts or whole numbers; use a model for "
                + "regression"
        ),
        (
            "x,y\n1,a\n2,b\n", .regression,
            "column \"y\": texts, expected numbers to be predicted; use a model for classification"
        ),
        (
            "x,y\n1e300,1\n2e300,2\n", .regression,
            "column \"x\": a deviation beyond the range of doubles, expected numbers of a usual "
                + "size"
        ),
        (
            "x,y\n1,1e39\n2,2\n", .regression,
            "column \"y\": 1e+39, expected numbers that 32 bits can hold"
        ),
    ]

    @Test(arguments: bad)
    func whatCannotBeLearnedIsNamed(text: String, task: TableTask, message: String) throws {
        let table = try table(text, options: TableOptions(label: "y"))
        let failure = failure {
            _ = try TableEncoder(fitting: table, task: task).encode(table)
        }
        #expect(failure?.description == "\(table.name), \(message)")
        #expect(failure?.exitCode == .badData)
    }

    @Test func aLabelThatNoTrainingRowHas() throws {
        for (text, message) in [
            (
                "x,y\n1,a\n2,b\n3,c\n",
                "\"c\" in row 3, which no training row has, expected one of a, b"
            ),
            (
                "x,y\n1,1\n2,2\n3,3\n",
                "\"3\" in row 3, which no training row has, expected one of 1, 2"
            ),
        ] {
            let table = try table(text, options: TableOptions(label: "y"))
            let encoder = try TableEncoder(fitting: table, rows: [0, 1], task: .classification)
            let failure = failure { _ = try encoder.encode(table) }
            #expect(failure?.description == "\(table.name), column \"y\": \(message)")
            #expect(failure?.exitCode == .badData)
        }
    }

    @Test func tablesWithoutFeaturesOrLabel() throws {
        let alone = try table("y\na\nb\n", options: TableOptions(hasHeader: true, label: "y"))
        #expect(
            failure { _ = try TableEncoder(fitting: alone, task: .classification) }?.exitCode
                == .badData)
        let unlabelled = try table("x,y\n1,a\n2,b\n")
        #expect(
            failure { _ = try TableEncoder(fitting: unlabelled, task: .classification) }?
                .description
                == "\(unlabelled.name): none, expected a column to be predicted; name it with "
                + "--label")
        #expect(
            try TableEncoder(fitting: unlabelled, label: "y", task: .classification).featureNames
                == ["x"])
    }

    @Test func moreLevelsThanFeaturesMayBe() throws {
        let text = "x,y\n" + (0...100_000).map { "k\($0),\($0 % 2)\n" }.joined()
        let table = try table(text, options: TableOptions(label: "y"))
        let failure = failure { _ = try TableEncoder(fitting: table, task: .classification) }
        #expect(
            failure?.description
                == "\(table.name): 100,001 features, 100,001 from column \"x\", expected at most "
                + "100,000; leave it out with --column-types \"x=ignored\"")
    }

    @Test func mediansAreThoseOfSortedNumbers() throws {
        for values in [
            [3.0], [2, 1], [-1, -2, -3], [0, -0.0, 1, -1], [1e-300, 1e30, -1e30, 5],
            (0..<1001).map { Double(($0 * 7919) % 1001) - 300.5 }, [4, 4, 4, 4, 1],
        ] {
            let text = "x,y\n" + (values.map { "\($0),1\n" } + [",2\n"]).joined()
            let table = try table(text, options: TableOptions(label: "y"))
            let encoder = try TableEncoder(fitting: table, task: .classification)
            let sorted = values.sorted()
            let middle = sorted.count / 2
            let median =
                sorted.count.isMultiple(of: 2)
                ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
            let stored = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
            let pattern = #/"median":([-0-9.e]+)/#
            let found = try #require(stored.firstMatch(of: pattern)).1
            #expect(Double(found) == median)
        }
    }

    @Test func encodersAreStored() throws {
        let table = try table(Self.text, options: TableOptions(label: "y"))
        for coding in [TableEncoder.CategoryCoding.oneHot, .ordinal] {
            let encoder = try TableEncoder(
                fitting: table, task: .classification,
                scaling: coding == .oneHot ? .standard : .plain,
                categoryCoding: coding)
            let stored = try JSONEncoder().encode(encoder)
            #expect(try JSONDecoder().decode(TableEncoder.self, from: stored) == encoder)
        }
    }

    /// What is stored is changed so that no fit could have made it.
    static let damages: [(found: String, replaced: String)] = [
        (#""labelIndex":3,"scaling""#, #""labelIndex":9,"scaling""#),
        (#""index":0"#, #""index":3"#), (#""index":1"#, #""index":0"#),
        (#""index":1"#, #""index":-1"#), (#""deviation":1,"#, #""deviation":0,"#),
        (#""deviation":1,"#, #""deviation":-1,"#), (#"["blue","green","red"]"#, "[]"),
        (#"["no","yes"]"#, #"["no"]"#), (#""classification""#, #""regression""#),
        (#""name":"color","type":"category""#, #""name":"color","type":"numeric""#),
        (#""name":"x""#, #""name":"color""#), (#""hasHeader":true"#, #""hasHeader":7"#),
        (#""standard""#, #""usual""#),
    ]

    @Test(arguments: damages)
    func damagedEncodersAreRefused(found: String, replaced: String) throws {
        let table = try table(Self.text, options: TableOptions(label: "y"))
        let encoder = try TableEncoder(fitting: table, task: .classification)
        let json = JSONEncoder()
        json.outputFormatting = .sortedKeys
        let stored = String(decoding: try json.encode(encoder), as: UTF8.self)
        let damaged = stored.replacing(found, with: replaced, maxReplacements: 1)
        #expect(damaged != stored)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(TableEncoder.self, from: Data(damaged.utf8))
        }
    }
}
