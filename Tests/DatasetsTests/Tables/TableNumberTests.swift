import Datasets
import Diagnostics
import Foundation
import Randomness
import Testing

/// Numbers in tables beside those that the standard library reads in the same texts.
@Suite struct TableNumberTests {
    /// The numbers of one column with these cells.
    private func numbers(_ cells: [String]) throws -> [Double] {
        try table((["x"] + cells).joined(separator: "\n"), options: TableOptions(hasHeader: true))
            .numbers(0)
    }

    @Test func everyFormIsReadToTheNearestDouble() throws {
        let cells = [
            "0", "-0", "+1", "1.", ".5", "-.5", "00012", "1e5", "1E+5", "1e-5", "2.5e0", "0.1",
            "123456789012345678", "1234567890123456789", "12345678901234567890",
            "123456789012345678901234567890", "0.1234567890123456789012345", "9007199254740993",
            "9007199254740992.5", "9007199254740993.0", "900719925474099.35", "1e22", "1e23",
            "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308", "1e-400", "0e999999",
            "0.000000000000000000000000000001", "8.5e-19", "18446744073709551615",
            "18446744073709551616", "1844674407370955161.5", "0.3e-18", "5e-324",
        ]
        let read = try numbers(cells)
        for (cell, number) in zip(cells, read) {
            let expected = try #require(Double(cell))
            #expect(number.bitPattern == expected.bitPattern, "\(cell)")
        }
    }

    @Test func whatLooksLikeANumberButIsNoneIsText() throws {
        for cell in [
            "1e", "1e+", "-", "+", ".", "e5", "1.2.3", "0x10", "1,5", "1 2", "--1", "inf", "1_000",
        ] {
            let table = try table("x;y\n1;2\n3;\(cell)\n", options: TableOptions(delimiter: ";"))
            #expect(table.types == [.numeric, .category], "\(cell)")
        }
    }

    /// Random mantissas of 1 to 20 digits with a point and an exponent anywhere: 20,000 of them.
    @Test func randomNumbersAreReadToTheNearestDouble() throws {
        let key = RandomKey(seed: 3).derived("numbers")
        let cells = (0..<20_000).map { index -> String in
            let key = key.derived(index)
            let digits = (0..<1 + key.integer(below: 20, at: 0)).map {
                "\(key.integer(below: 10, at: $0 + 10))"
            }
            let point = key.integer(below: digits.count + 1, at: 1)
            let mantissa = digits[..<point].joined() + "." + digits[point...].joined()
            let sign = key.integer(below: 2, at: 2) == 0 ? "-" : ""
            let exponent = key.integer(below: 41, at: 3) - 20
            return sign + mantissa + (key.integer(below: 3, at: 4) == 0 ? "e\(exponent)" : "")
        }
        let read = try numbers(cells)
        try #require(read.count == cells.count)
        for (cell, number) in zip(cells, read) {
            #expect(number.bitPattern == Double(cell)?.bitPattern, "\(cell)")
        }
    }

    /// What programs write of a double, up to 17 digits, is that double again.
    @Test func shortestTextsOfDoublesAreReadBack() throws {
        let key = RandomKey(seed: 4)
        let doubles = (0..<20_000).map { index -> Double in
            let uniform = Double(key.bits(at: index) >> 11) * 0x1p-53
            return index.isMultiple(of: 2) ? uniform : (uniform - 0.5) * 1e6
        }
        #expect(try numbers(doubles.map { "\($0)" }) == doubles)
    }

    @Test func infiniteNumbersAreNamed() throws {
        let failure = try failure(ofReading: Array("x,y\n1,2\n3,-1e999\n".utf8))
        #expect(
            failure?.description
                == "table.csv, line 3, column \"y\": \"-1e999\", expected a finite number")
        #expect(try table("x,y\n1,1e999\n3,text\n").types == [.numeric, .category])
    }
}
