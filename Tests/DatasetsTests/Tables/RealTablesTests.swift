import Datasets
import Diagnostics
import Foundation
import Testing

/// The classic tables, which are too large for the repository.
enum RealTables {
    static let exist = FileManager.default.fileExists(atPath: path("adult_train.csv"))

    static func path(_ name: String) -> String { "\(RealData.folder)/tabular/\(name)" }
}

/// The numbers of pandas and scikit-learn: see Reference/make_table_goldens.py.
private struct Reference: Decodable {
    struct File: Decodable {
        let file: String
        let hasHeader: Bool
        let names: [String]?
        let label: Int
        let ignored: [Int]
        let rows: Int
        let columns: [Column?]
    }

    struct Column: Decodable {
        let missing: Int
        let numeric: Numeric?
        let category: Category?
    }

    struct Numeric: Decodable {
        let sum: Double
        let median: Double
        let mean: Double
        let deviation: Double
        let samples: [Double]
    }

    struct Category: Decodable {
        let levels: [String]
        let counts: [Int]
        let samples: [[Double]]
    }

    let samples: [Int]
    let tables: [File]

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let url = folder.appendingPathComponent("../Reference/tables.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Reference.self, from: Data(contentsOf: url))
    }
}

@Suite(.enabled(if: RealTables.exist, "tabular is not in shared/data"))
struct RealTablesTests {
    /// Numbers within 1e-6 of scikit-learn's, relative to the larger of 1 and theirs.
    private func isClose(_ number: Double, _ expected: Double) -> Bool {
        abs(number - expected) <= 1e-6 * max(1, abs(expected))
    }

    @Test func tablesAreReadAsByPandas() throws {
        for file in try Reference().tables {
            let table = try read(file)
            #expect(table.rowCount == file.rows, "\(file.file)")
            #expect(table.schema.hasHeader == file.hasHeader, "\(file.file)")
            if let names = file.names { #expect(table.schema.columns.map(\.name) == names) }
            for (column, expected) in zip(table.columns, file.columns) {
                guard let expected else {
                    #expect(column.values == .ignored)
                    continue
                }
                let place = "\(file.file), \(column.name)"
                #expect(column.missingCount == expected.missing, "\(place)")
                switch column.values {
                case .numeric(let numbers):
                    let sum = numbers.filter { !$0.isNaN }.reduce(0, +)
                    #expect(expected.numeric.map { isClose(sum, $0.sum) } ?? false, "\(place)")
                case .category(_, let levels):
                    #expect(levels == expected.category?.levels, "\(place)")
                    #expect(
                        TableSplit.classCounts(of: column).map(\.count)
                            == expected.category?.counts)
                case .ignored: Issue.record("\(place) was not read")
                }
            }
        }
    }

    @Test func tablesAreEncodedAsByScikitLearn() throws {
        let reference = try Reference()
        for file in reference.tables {
            let table = try read(file)
            let encoder = try encoder(fitting: table, file)
            let encoded = try encoder.encode(table)
            var feature = 0
            for column in file.columns.indices where column != file.label {
                guard let expected = file.columns[column] else { continue }
                let place = "\(file.file), column \(column)"
                if let numeric = expected.numeric {
                    for (row, value) in zip(reference.samples, numeric.samples) {
                        let found = Double(encoded.features(at: row)[feature])
                        #expect(isClose(found, value), "\(place): \(found), not \(value)")
                    }
                    feature += 1
                } else if let category = expected.category {
                    for (row, values) in zip(reference.samples, category.samples) {
                        let found = (0..<values.count).map {
                            Double(encoded.features(at: row)[feature + $0])
                        }
                        #expect(found == values, "\(place)")
                    }
                    feature += category.levels.count
                }
            }
            #expect(feature == encoder.featureCount && feature == encoded.featureCount)
        }
    }

    /// Medians, means and deviations, as they are stored with a model.
    @Test func fitsAreThoseOfScikitLearn() throws {
        struct Stored: Decodable {
            struct Column: Decodable {
                struct Fit: Decodable {
                    struct Standard: Decodable {
                        let median: Double
                        let mean: Double
                        let deviation: Double
                    }
                    let standard: Standard?
                }
                let index: Int
                let fit: Fit
            }
            let columns: [Column]
        }
        for file in try Reference().tables {
            let table = try read(file)
            let encoder = try encoder(fitting: table, file)
            let stored = try JSONDecoder().decode(
                Stored.self, from: JSONEncoder().encode(encoder))
            for column in stored.columns {
                guard let fit = column.fit.standard else { continue }
                let expected = try #require(file.columns[column.index]?.numeric)
                #expect(isClose(fit.median, expected.median), "\(file.file) \(column.index)")
                #expect(isClose(fit.mean, expected.mean), "\(file.file) \(column.index)")
                #expect(isClose(fit.deviation, expected.deviation), "\(file.file) \(column.index)")
            }
        }
    }

    @Test func theTestLabelsOfAdultAreThoseOfItsTraining() throws {
        let training = try Table.read(
            RealTables.path("adult_train.csv"), options: TableOptions(label: "-1"))
        let encoder = try TableEncoder(fitting: training, task: .classification)
        #expect(encoder.classNames == ["<=50K", ">50K"])
        let test = try Table.read(RealTables.path("adult_test.csv"), like: training.schema)
        let encoded = try encoder.encode(test)
        // The counts that the table's authors publish.
        let high = (0..<encoded.rowCount).reduce(0) { $0 + encoded.label(at: $1) }
        #expect(encoded.rowCount == 16_281 && high == 3846)
    }

    private func encoder(fitting table: Table, _ file: Reference.File) throws -> TableEncoder {
        try TableEncoder(
            fitting: table,
            task: file.file.hasPrefix("california") ? .regression : .classification)
    }

    private func read(_ file: Reference.File) throws -> Table {
        let ignored = Dictionary(
            uniqueKeysWithValues: file.ignored.map { ("\($0 + 1)", ColumnType.ignored) })
        return try Table.read(
            RealTables.path(file.file),
            options: TableOptions(label: "\(file.label + 1)", columnTypes: ignored))
    }
}
