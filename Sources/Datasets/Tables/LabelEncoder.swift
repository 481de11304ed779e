import Diagnostics

/// Labels of tables as classes or numbers.
enum LabelEncoder {
    /// The classes of rows of a table: levels by their bytes, or numbers in their order.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - column: The label.
    ///   - rows: The training rows.
    /// - Returns: The names of the classes, at least two.
    /// - Throws: `Failure` with `.badData` if a label is missing or is no class.
    static func classNames(of table: Table, column: Int, rows: [Int32]) throws -> [String] {
        let name = table.columns[column].name
        let place = "\(table.name), column \"\(name)\""
        let names: [String]
        switch table.columns[column].values {
        case .ignored: throw noLabel(name, in: table.name)
        case .category(let codes, let levels):
            var occurs = [Bool](repeating: false, count: levels.count)
            for row in rows {
                guard codes[Int(row)] >= 0 else { throw missingLabel(row: row, place) }
                occurs[Int(codes[Int(row)])] = true
            }
            names = levels.indices.filter { occurs[$0] }.map { levels[$0] }
        case .numeric(let numbers): names = try numberNames(numbers, rows: rows, place)
        }
        guard names.count > 1 else {
            throw Failure(
                .badData, in: place, expected: "two classes or more",
                found: "one class alone, \"\(names[0])\"")
        }
        guard names.count <= TableEncoder.largestClassCount else { throw tooManyClasses(place) }
        return names
    }

    private static func numberNames(
        _ numbers: [Double], rows: [Int32], _ place: String
    ) throws -> [String] {
        var values = Set<Double>()
        for row in rows {
            let number = numbers[Int(row)]
            guard !number.isNaN else { throw missingLabel(row: row, place) }
            guard number == number.rounded(.towardZero) else {
                throw Failure(
                    .badData, in: place, expected: "classes: texts or whole numbers",
                    found: "\(number)", fix: "use a model for regression")
            }
            values.insert(number)
            guard values.count <= TableEncoder.largestClassCount else {
                throw tooManyClasses(place)
            }
        }
        return values.sorted().map(className)
    }

    /// A whole number without a point, as it is usually written.
    static func className(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }

    /// The classes of a table's rows.
    ///
    /// A level that is none of the classes, but is one without the point at its end, is taken for
    /// that class: the test labels of the UCI repository's adult table are written so.
    ///
    /// - Parameters:
    ///   - table: The table, which has labels.
    ///   - column: The label.
    ///   - rows: The rows.
    ///   - classNames: The classes of the training rows.
    /// - Returns: For each row an index into `classNames`.
    /// - Throws: `Failure` with `.badData` for a label that is missing or none of the classes.
    static func classes(
        of table: Table, column: Int, rows: some Sequence<Int32>, classNames: [String]
    ) throws -> [Int32] {
        let place = "\(table.name), column \"\(table.columns[column].name)\""
        let indices = Dictionary(
            classNames.enumerated().map { (Array($1.utf8), Int32($0)) },
            uniquingKeysWith: { first, _ in first })
        func index(of level: String) -> Int32? {
            let bytes = Array(level.utf8)
            if let known = indices[bytes] { return known }
            return bytes.last == UInt8(ascii: ".") ? indices[bytes.dropLast()] : nil
        }
        func unknown(_ name: String, row: Int32) -> Failure {
            let some = classNames.prefix(10).joined(separator: ", ")
            return Failure(
                .badData, in: place,
                expected: "one of \(some)\(classNames.count > 10 ? ", …" : "")",
                found: "\"\(name)\" in row \((row + 1).grouped), which no training row has")
        }
        switch table.columns[column].values {
        case .ignored: throw noLabel(table.columns[column].name, in: table.name)
        case .category(let codes, let levels):
            let known = levels.map(index(of:))
            return try rows.map { row in
                let code = Int(codes[Int(row)])
                guard code >= 0 else { throw missingLabel(row: row, place) }
                guard let label = known[code] else { throw unknown(levels[code], row: row) }
                return label
            }
        case .numeric(let numbers):
            var known: [Double: Int32] = [:]
            return try rows.map { row in
                let number = numbers[Int(row)]
                if let label = known[number] { return label }
                guard !number.isNaN else { throw missingLabel(row: row, place) }
                let name = className(number)
                guard let label = indices[Array(name.utf8)] else { throw unknown(name, row: row) }
                known[number] = label
                return label
            }
        }
    }

    /// The numbers to be predicted.
    ///
    /// - Parameters:
    ///   - table: The table, which has labels.
    ///   - column: The label.
    ///   - rows: The rows.
    /// - Returns: A number for each row.
    /// - Throws: `Failure` with `.badData` for a label that is missing or no number.
    static func targets(
        of table: Table, column: Int, rows: some Sequence<Int32>
    ) throws -> [Float] {
        let name = table.columns[column].name
        let place = "\(table.name), column \"\(name)\""
        switch table.columns[column].values {
        case .ignored: throw noLabel(name, in: table.name)
        case .category:
            throw Failure(
                .badData, in: place, expected: "numbers to be predicted", found: "texts",
                fix: "use a model for classification")
        case .numeric(let numbers):
            return try rows.map { row in
                let number = numbers[Int(row)]
                guard !number.isNaN else { throw missingLabel(row: row, place) }
                guard Float(number).isFinite else { throw tooLarge(number, place) }
                return Float(number)
            }
        }
    }

    private static func missingLabel(row: Int32, _ place: String) -> Failure {
        Failure(
            .badData, in: place, expected: "a label in each row",
            found: "row \((row + 1).grouped) has none")
    }

    private static func noLabel(_ name: String, in path: String) -> Failure {
        Failure(.badData, in: path, expected: "the label \"\(name)\"", found: "no such column")
    }

    private static func tooManyClasses(_ place: String) -> Failure {
        Failure(
            .badData, in: place,
            expected: "at most \(TableEncoder.largestClassCount.grouped) classes", found: "more",
            fix: "use a model for regression, or another label")
    }
}

/// Says that a number cannot be a feature or a target.
func tooLarge(_ number: Double, _ place: String) -> Failure {
    Failure(
        .badData, in: place, expected: "numbers that 32 bits can hold", found: "\(number)")
}
