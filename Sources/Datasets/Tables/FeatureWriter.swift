import Diagnostics

/// Writes the columns of a table as rows of features.
struct FeatureWriter {
    let encoder: TableEncoder
    /// Zeros, [row, feature].
    let features: UnsafeMutablePointer<Float>
    let featureCount: Int
    /// The row of the table that each row of features is of.
    let rows: [Int32]

    /// So many rows are done column by column while their features are in the cache.
    private static let blockRowCount = 512

    /// Writes all features.
    ///
    /// - Parameter table: The table.
    /// - Throws: `Failure` with `.badData` for a number beyond the range of 32-bit ones.
    func write(_ table: Table) throws {
        let columns = encoder.columns.map { Column($0, in: table, encoder: encoder) }
        for start in stride(from: 0, to: rows.count, by: Self.blockRowCount) {
            let block = start..<min(rows.count, start + Self.blockRowCount)
            var feature = 0
            for column in columns {
                try write(column, block, at: feature, in: table.name)
                feature += column.featureCount
            }
        }
    }

    /// A column of the table and how it is encoded.
    private struct Column {
        enum Values {
            /// (number or else `missing` − `mean`) / `deviation`.
            case numbers([Double], missing: Double, mean: Double, deviation: Double)
            /// The feature of each level, -1 for those that no training row has.
            case oneHot(codes: [Int32], features: [Int32])
            /// The value of each level.
            case ordinal(codes: [Int32], values: [Float])
        }

        let name: String
        let values: Values
        let featureCount: Int

        init(_ fitted: ColumnEncoder, in table: Table, encoder: TableEncoder) {
            name = fitted.name
            featureCount = fitted.featureCount(coding: encoder.categoryCoding)
            values =
                switch (table.columns[fitted.index].values, fitted.fit) {
                case (.numeric(let numbers), .standard(let median, let mean, let deviation)):
                    .numbers(numbers, missing: median, mean: mean, deviation: deviation)
                case (.numeric(let numbers), .plain):
                    .numbers(numbers, missing: .nan, mean: 0, deviation: 1)
                case (.category(let codes, let levels), .category(let known)):
                    Self.category(codes, levels, known, encoder.categoryCoding)
                default:
                    preconditionFailure("\(table.name) was not read like the table of the fit")
                }
        }

        private static func category(
            _ codes: [Int32], _ levels: [String], _ known: [String],
            _ coding: TableEncoder.CategoryCoding
        ) -> Values {
            let indices = Dictionary(
                known.enumerated().map { (Array($1.utf8), Int32($0)) },
                uniquingKeysWith: { first, _ in first })
            let places = levels.map { indices[Array($0.utf8)] }
            return switch coding {
            case .oneHot: .oneHot(codes: codes, features: places.map { $0 ?? -1 })
            case .ordinal: .ordinal(codes: codes, values: places.map { $0.map(Float.init) ?? .nan })
            }
        }
    }

    private func write(
        _ column: Column, _ block: Range<Int>, at feature: Int, in path: String
    ) throws {
        let first = features + feature
        switch column.values {
        case .numbers(let numbers, let missing, let mean, let deviation):
            for row in block {
                let number = numbers[Int(rows[row])]
                let value = Float(((number.isNaN ? missing : number) - mean) / deviation)
                guard !value.isInfinite else {
                    throw tooLarge(number, "\(path), column \"\(column.name)\"")
                }
                first[row * featureCount] = value
            }
        case .oneHot(let codes, let places):
            for row in block {
                let code = Int(codes[Int(rows[row])])
                if code >= 0 && places[code] >= 0 {
                    first[row * featureCount + Int(places[code])] = 1
                }
            }
        case .ordinal(let codes, let values):
            for row in block {
                let code = Int(codes[Int(rows[row])])
                first[row * featureCount] = code < 0 ? .nan : values[code]
            }
        }
    }
}
