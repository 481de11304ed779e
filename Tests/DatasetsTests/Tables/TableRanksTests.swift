import Datasets
import Diagnostics
import Foundation
import Testing

/// The same table on any number of ranks, wherever the borders between their parts lie.
@Suite struct TableRanksTests {
    static let texts = [
        "x,text\n1,\"a\nb\"\n2,\"c\"\"\n,\"\"d\"\n3, \"e\" \n4,\"\n\n\"\n5,f\"g\n6,\"\"\n",
        "x,text\r\n1,\"a\r\nb\"\r\n\r\n2,\"c\"\"\r\n,\"\"d\"\r\n3, \"e\" \r\n  \r\n4,\"\r\n\"\r\n",
        "x,text\r1,\"a\rb\"\r\r2,\"c\"\"\r,\"\"d\"\r3, \"e\" \r  \r4,\"\r\"\r",
        "1,2\n\n\n\n\n\n\n\n\n\n\n\n3,4\n",
        "1\n", "1,a", "k\n\"\"\"\"\n\"\"\"\"\"\"\n\"\n\"\"\n\"\n",
        "a,b\n\"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\",\"x\n\"\"\n\"\n3,z\n",
    ]

    @Test(arguments: texts)
    func bordersDoNotMatter(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array(text.utf8), to: "table.csv")
        let options = TableOptions(delimiter: ",")
        let alone = try Table.read(path, options: options)
        // More ranks than bytes, so that every place is a border once.
        for rankCount in [2, 3, 4, 7, 16, text.utf8.count, text.utf8.count + 3] {
            let tables = LockstepRanks(rankCount).map { ranks in
                Result { try Table.read(path, options: options, ranks: ranks) }
            }
            for result in tables {
                let table = try result.get()
                #expect(table.contents == alone.contents, "\(rankCount) ranks")
                #expect(table.schema == alone.schema && table.rowCount == alone.rowCount)
            }
        }
    }

    @Test func everyDefectIsThatOfTheFirstPlace() throws {
        let texts = [
            "x,y\n1,2\n3\n5,6\n\"7\n", "x,y\n1,\"2\n3,4\n5,6\n", "x,y\n1,a\n\"2\"x,b\n3,c,d\n",
            "x,y\n1,2\n3,1e999\n5,6\n7,8,9\n", "x,y\n1,2\n3,1e999\n5,6\n7,1e998\n",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            let alone = try failure(ofReading: bytes)
            #expect(alone != nil)
            for rankCount in [2, 3, 5, 11] {
                #expect(try failure(ofReading: bytes, rankCount: rankCount) == alone)
            }
        }
    }

    @Test(.enabled(if: RealTables.exist, "tabular is not in shared/data"))
    func realTablesAreTheSameOnAnyNumberOfRanks() throws {
        for name in ["titanic.csv", "adult_test.csv", "banknote_authentication.csv"] {
            let path = RealTables.path(name)
            let alone = try Table.read(path)
            for rankCount in 2...4 {
                let tables = LockstepRanks(rankCount).map { ranks in
                    Result { try Table.read(path, ranks: ranks) }
                }
                for table in tables { #expect(try table.get().contents == alone.contents) }
            }
        }
    }
}
