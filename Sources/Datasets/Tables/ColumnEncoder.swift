import Diagnostics

/// How a column becomes features, fitted on training rows.
struct ColumnEncoder: Codable, Hashable, Sendable {
    /// What the training rows were like.
    enum Fit: Codable, Hashable, Sendable {
        /// Missing cells become the median; `deviation` is 1 for a column without any.
        case standard(median: Double, mean: Double, deviation: Double)
        /// Numbers stay as they are.
        case plain
        /// The levels of the training rows, sorted by their bytes.
        case category(levels: [String])
    }

    /// The column in the table.
    let index: Int
    /// Its name.
    let name: String
    /// What the training rows were like.
    let fit: Fit

    /// Fits a column on rows; nil for a column that is ignored.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - index: Its place in the table.
    ///   - rows: The training rows.
    ///   - path: What messages call the table.
    ///   - scaling: What becomes of numeric columns.
    /// - Throws: `Failure` with `.badData` if no training row has a cell.
    init?(
        fitting column: TableColumn, at index: Int, rows: [Int32], in path: String,
        scaling: TableEncoder.Scaling
    ) throws {
        self.index = index
        name = column.name
        switch column.values {
        case .ignored: return nil
        case .numeric(let numbers):
            let present = rows.lazy.map { numbers[Int($0)] }.filter { !$0.isNaN }
            switch scaling {
            case .plain:
                if present.isEmpty { throw allMissing(column.name, in: path) }
                fit = .plain
            case .standard:
                fit = try Self.standard(
                    Array(present), rowCount: rows.count, name: column.name, path: path)
            }
        case .category(let codes, let levels):
            var occurs = [Bool](repeating: false, count: levels.count)
            for row in rows where codes[Int(row)] >= 0 { occurs[Int(codes[Int(row)])] = true }
            let present = levels.indices.filter { occurs[$0] }.map { levels[$0] }
            if present.isEmpty { throw allMissing(column.name, in: path) }
            fit = .category(levels: present)
        }
    }

    /// The moments after missing cells were given the median, as in a pipeline of the two steps.
    private static func standard(
        _ present: [Double], rowCount: Int, name: String, path: String
    ) throws -> Fit {
        guard let median = median(of: present) else { throw allMissing(name, in: path) }
        let filled = Double(rowCount - present.count)
        let count = Double(rowCount)
        // Sums of differences from the median keep their digits where the values are large.
        var sum = 0.0
        for value in present { sum += value - median }
        let shift = sum / count
        let mean = median + shift
        var squares = filled * (shift * shift)
        var rest = -filled * shift
        for value in present {
            let difference = (value - median) - shift
            squares += difference * difference
            rest += difference
        }
        // Source: the corrected two-pass algorithm, Chan, Golub & LeVeque 1983.
        let variance = max(0, (squares - rest * rest / count) / count)
        guard variance.isFinite && mean.isFinite else {
            throw Failure(
                .badData, in: "\(path), column \"\(name)\"", expected: "numbers of a usual size",
                found: "a deviation beyond the range of doubles")
        }
        // The rounding of a sum must not make noise of a column that has one value alone.
        let isConstant = variance == 0 || present.allSatisfy { $0 == median }
        return .standard(
            median: median, mean: isConstant ? median : mean,
            deviation: isConstant ? 1 : variance.squareRoot())
    }

    /// The number of features.
    ///
    /// - Parameter coding: What becomes of categories.
    /// - Returns: At least 1.
    func featureCount(coding: TableEncoder.CategoryCoding) -> Int {
        guard case .category(let levels) = fit, coding == .oneHot else { return 1 }
        return levels.count
    }

    /// The names of the features.
    ///
    /// - Parameter coding: What becomes of categories.
    /// - Returns: As many as `featureCount` says.
    func featureNames(coding: TableEncoder.CategoryCoding) -> [String] {
        guard case .category(let levels) = fit, coding == .oneHot else { return [name] }
        return levels.map { "\(name)=\($0)" }
    }

    /// Whether a decoded fit is one of a column of a schema.
    func isValid(in schema: TableSchema) -> Bool {
        guard schema.columns.indices.contains(index), schema.columns[index].name == name else {
            return false
        }
        return switch fit {
        case .standard(let median, let mean, let deviation):
            schema.columns[index].type == .numeric && median.isFinite && mean.isFinite
                && deviation.isFinite && deviation > 0
        case .plain: schema.columns[index].type == .numeric
        case .category(let levels):
            schema.columns[index].type == .category && !levels.isEmpty
                && levels.count <= TableEncoder.largestFeatureCount
        }
    }
}

private func allMissing(_ column: String, in path: String) -> Failure {
    Failure(
        .badData, in: "\(path), column \"\(column)\"", expected: "a value in some training row",
        found: "all cells are missing",
        fix: "leave it out with --column-types \"\(column)=ignored\"")
}
