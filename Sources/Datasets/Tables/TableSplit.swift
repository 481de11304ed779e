import Diagnostics
import Randomness

/// Divides the rows of a table into those to learn from and those to measure with.
public enum TableSplit {
    /// Chooses test rows at random; the same for the same table, label, fraction and seed.
    ///
    /// As many rows are chosen as the fraction of all rows says, rounded to the nearest number but
    /// at least one, and one is left to learn from. Stratified, each class gives its share, rounded by
    /// largest remainders, so that no class is off by a whole row; rows without a label are a class
    /// of their own.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - label: The name or number of the column whose classes are kept in proportion; that of the
    ///     schema if nil.
    ///   - testFraction: The share of the test rows, above 0 and below 1.
    ///   - seed: Whence the choice comes.
    ///   - isStratified: Whether each class gives its share.
    /// - Returns: The two parts, ascending.
    /// - Throws: `Failure` with `.badData` for a table of one row or without the label, with `.usage`
    ///   for a fraction that is none.
    public static func rows(
        of table: Table, label: String? = nil, testFraction: Double, seed: UInt64,
        stratified isStratified: Bool
    ) throws -> (training: [Int32], test: [Int32]) {
        guard testFraction > 0 && testFraction < 1 else {
            throw Failure(
                .usage, in: "--test-fraction", expected: "a number above 0 and below 1",
                found: "\(testFraction)")
        }
        guard table.rowCount > 1 else {
            throw Failure(.badData, in: table.name, expected: "two rows or more", found: "one row")
        }
        let column = try label.map(table.index(of:)) ?? table.schema.labelIndex
        var classes = [Array(0..<Int32(table.rowCount))]
        if isStratified, let column {
            classes = strata(of: table.columns[column], rowCount: table.rowCount)
        }
        return divide(
            classes, rowCount: table.rowCount, testFraction: testFraction,
            key: RandomKey(seed: seed).derived("table split"))
    }

    /// Whether a column's values are classes rather than numbers: texts, or at most 20 whole numbers.
    ///
    /// - Parameter column: The column.
    /// - Returns: Whether a split by its values makes sense.
    public static func hasClasses(_ column: TableColumn) -> Bool {
        switch column.values {
        case .category: return true
        case .ignored: return false
        case .numeric(let numbers):
            var values = Set<Double>()
            for number in numbers where !number.isNaN {
                guard number == number.rounded(.towardZero) else { return false }
                values.insert(number)
                if values.count > 20 { return false }
            }
            return true
        }
    }

    /// The classes of a column that has some, in their order, and the rows of each.
    ///
    /// - Parameter column: A column of texts or whole numbers.
    /// - Returns: Names and counts; missing cells are not counted.
    public static func classCounts(of column: TableColumn) -> [(name: String, count: Int)] {
        switch column.values {
        case .ignored: return []
        case .category(let codes, let levels):
            var counts = [Int](repeating: 0, count: levels.count)
            for code in codes where code >= 0 { counts[Int(code)] += 1 }
            return Array(zip(levels, counts))
        case .numeric(let numbers):
            let counts = Dictionary(
                numbers.lazy.filter { !$0.isNaN }.map { ($0, 1) }, uniquingKeysWith: +)
            return counts.sorted { $0.key < $1.key }
                .map { (LabelEncoder.className($0.key), $0.value) }
        }
    }

    /// The rows of each class, in the order of the classes; those without a label are the last.
    private static func strata(of column: TableColumn, rowCount: Int) -> [[Int32]] {
        var strata: [[Int32]]
        switch column.values {
        case .ignored: return [Array(0..<Int32(rowCount))]
        case .category(let codes, let levels):
            strata = [[Int32]](repeating: [], count: levels.count + 1)
            for (row, code) in codes.enumerated() {
                strata[code < 0 ? levels.count : Int(code)].append(Int32(row))
            }
        case .numeric(let numbers):
            let values = Set(numbers.lazy.filter { !$0.isNaN }).sorted()
            let places = Dictionary(uniqueKeysWithValues: zip(values, 0...))
            strata = [[Int32]](repeating: [], count: values.count + 1)
            for (row, number) in numbers.enumerated() {
                strata[places[number] ?? values.count].append(Int32(row))
            }
        }
        return strata
    }

    private static func divide(
        _ strata: [[Int32]], rowCount: Int, testFraction: Double, key: RandomKey
    ) -> (training: [Int32], test: [Int32]) {
        let wanted = (Double(rowCount) * testFraction).rounded()
        let testCount = min(rowCount - 1, max(1, Int(wanted)))
        let counts = strata.map(\.count)
        let shares = leavingOne(largestRemainders(counts, sum: testCount), of: counts)
        var isTest = [Bool](repeating: false, count: rowCount)
        for (place, rows) in strata.enumerated() {
            let order = key.derived(place).permutation(of: rows.count)
            for index in order.prefix(shares[place]) { isTest[Int(rows[Int(index)])] = true }
        }
        let all = 0..<Int32(rowCount)
        return (all.filter { !isTest[Int($0)] }, all.filter { isTest[Int($0)] })
    }

    /// Shares of which none takes all of a class, as nothing could be learned of it then: what is too
    /// much goes to the first classes that have room for it; if none has, shares are as they were.
    private static func leavingOne(_ shares: [Int], of counts: [Int]) -> [Int] {
        var result = zip(shares, counts).map { min($0, max(0, $1 - 1)) }
        var rest = shares.reduce(0, +) - result.reduce(0, +)
        for place in result.indices where rest > 0 {
            let more = min(rest, max(0, counts[place] - 1 - result[place]))
            result[place] += more
            rest -= more
        }
        return rest == 0 ? result : shares
    }

    /// Whole numbers in proportion to others, with a given sum.
    ///
    /// Source: Hamilton's method; of equal remainders the first comes first.
    private static func largestRemainders(_ counts: [Int], sum: Int) -> [Int] {
        let total = counts.reduce(0, +)
        // Products of two numbers below 2³¹ are exact.
        var shares = counts.map { $0 * sum / total }
        let remainders = counts.map { $0 * sum % total }
        let order = counts.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
        for place in order.prefix(sum - shares.reduce(0, +)) { shares[place] += 1 }
        return shares
    }
}
