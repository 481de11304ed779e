import Datasets
import Diagnostics
import Testing

/// Files read like another table: test files, and those given for prediction.
@Suite struct TableLikenessTests {
    private func schema() throws -> TableSchema {
        try table(
            "name,x,y,kind\nA,1,u,a\nB,2,v,b\n",
            options: TableOptions(label: "kind", columnTypes: ["name": .ignored])
        ).schema
    }

    @Test func columnsAreFoundByNameInAnyOrder() throws {
        let table = try table("kind,more,y,x\nb,?,w,7\n", like: schema())
        #expect(table.schema == (try schema()))
        #expect(table.numbers(1) == [7] && table.texts(2) == ["w"] && table.texts(3) == ["b"])
        #expect(table.columns[0].values == .ignored && table.hasLabel)
    }

    @Test func onlyTheLabelMayBeAbsent() throws {
        let table = try table("x,y\n7,w\n", like: schema())
        #expect(!table.hasLabel && table.columns[3].values == .ignored)
        #expect(table.numbers(1) == [7])
    }

    @Test func filesWithoutNamesAreReadByPosition() throws {
        let training = try table("1,a,5\n2,b,6\n", options: TableOptions(label: "2"))
        let test = try table("7,c,8\n", like: training.schema)
        #expect(test.numbers(0) == [7] && test.texts(1) == ["c"] && test.numbers(2) == [8])
        let unlabelled = try table("7,8\n", like: training.schema)
        #expect(!unlabelled.hasLabel && unlabelled.numbers(2) == [8])
        // Names in front of the rows are passed over where the other table has none.
        let named = try table("x,kind,y\n7,c,8\n", like: training.schema)
        #expect(named.numbers(0) == [7] && named.rowCount == 1)
    }

    @Test func aFirstRecordOfTextsIsNoHeaderWhereTheOtherTableHasNone() throws {
        let training = try table(
            "red,round,5\ngreen,long,6\nred,bent,7\n", options: TableOptions(label: "3"))
        #expect(!training.schema.hasHeader)
        let test = try table("blue,round\ngreen,long\nyellow,bent\n", like: training.schema)
        #expect(test.texts(0) == ["blue", "green", "yellow"])
    }

    @Test func aHeaderWithManyMoreColumnsIsOne() throws {
        let table = try table("id,2019,2020,2021,2022,x,y\n7,1,2,3,4,5,u\n", like: schema())
        #expect(table.numbers(1) == [5] && table.texts(2) == ["u"])
    }

    @Test func theDelimiterOfTheOtherTableIsTriedFirst() throws {
        let training = try table(
            "x:y:kind\n1:2,5:a\n2:3,5:b\n", options: TableOptions(delimiter: ":", label: "kind"))
        var options = TableOptions()
        options.likelyDelimiter = ":"
        for text in ["x:y:kind\n3:4,5:a\n", "y:x\n4,5:3\n", "x,y\n3,\"4,5\"\n"] {
            let table = try table(text, options: options, like: training.schema)
            #expect(table.numbers(0) == [3] && table.texts(1) == ["4,5"], "\(text)")
        }
    }

    @Test func typesAreThoseOfTheOtherTable() throws {
        let training = try table("x,kind\n1,a\n2,b\n", options: TableOptions(label: "kind"))
        let test = try table("x,kind\n,1\n3,2\n", like: training.schema)
        #expect(test.types == [.numeric, .category] && test.texts(1) == ["1", "2"])
        #expect(
            try table("x,kind\n,\n", like: training.schema).columns.map(\.missingCount) == [1, 1])
    }
}
