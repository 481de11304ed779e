import Diagnostics

/// How the cells of a column of a file are read.
enum CellKind: UInt8 {
    /// Not at all.
    case ignored
    /// As numbers if they all are numbers.
    case guessedNumeric
    /// As numbers, which they have to be.
    case numeric
    /// As texts.
    case category
}

/// The columns of those records of a file that begin in a range of it.
///
/// Cells are collected in a block of rows that stays in the cache and then go to the columns, so that
/// a cell costs no allocation and no look at the size of an array.
final class TablePart {
    /// The cells of each column so far; empty for those that are read as something else.
    private var numbers: [[Double]]
    /// The codes of each column's texts, by `levels`; -1 for missing cells.
    private var codes: [[Int32]]
    /// The texts of each column.
    private(set) var levels: [LevelTable]
    /// The number of records so far.
    private(set) var rowCount = 0
    /// Which columns were guessed to be numeric and are not.
    private(set) var isText: [Bool]
    /// The first number of each column that is infinite.
    private(set) var infiniteNumbers: [TableDefect?]

    private var scanner: CellScanner
    private let markers: MissingMarkers
    private let columnCount: Int
    private let kinds: UnsafeMutablePointer<CellKind>
    private let blockRowCount: Int
    private let numberBlock: UnsafeMutablePointer<Double>
    private let codeBlock: UnsafeMutablePointer<Int32>
    private var blockRow = 0
    private var unescaped: [UInt8] = []

    /// Prepares for reading.
    ///
    /// - Parameters:
    ///   - scanner: The whole file.
    ///   - kinds: How each column is read.
    ///   - markers: The texts that stand for missing values.
    init(_ scanner: CellScanner, kinds: [CellKind], markers: MissingMarkers) {
        self.scanner = scanner
        self.markers = markers
        columnCount = kinds.count
        numbers = [[Double]](repeating: [], count: columnCount)
        codes = [[Int32]](repeating: [], count: columnCount)
        levels = kinds.map { _ in LevelTable() }
        isText = [Bool](repeating: false, count: columnCount)
        infiniteNumbers = [TableDefect?](repeating: nil, count: columnCount)
        self.kinds = .allocate(capacity: columnCount)
        self.kinds.initialize(from: kinds, count: columnCount)
        blockRowCount = max(1, min(2048, (1 << 17) / columnCount))
        numberBlock = .allocate(capacity: blockRowCount * columnCount)
        codeBlock = .allocate(capacity: blockRowCount * columnCount)
    }

    deinit {
        kinds.deallocate()
        numberBlock.deallocate()
        codeBlock.deallocate()
    }

    /// Reads the records that begin in a range.
    ///
    /// - Parameter range: The range; a record begins at its lower bound, or only spaces and line
    ///   ends are before one.
    /// - Throws: `TableDefect`.
    func read(_ range: Range<Int>) throws(TableDefect) {
        scanner.position = range.lowerBound
        while scanner.skipBlankLines() && scanner.position < range.upperBound {
            guard rowCount < Table.largestRowCount else {
                throw TableDefect(offset: scanner.position, kind: .tooManyRows)
            }
            try readRecord()
            rowCount += 1
            blockRow += 1
            if blockRow == blockRowCount {
                if rowCount == blockRow { reserve(for: range) }
                flush()
            }
        }
        flush()
    }

    /// Makes room for a range's rows, by the size of those so far.
    private func reserve(for range: Range<Int>) {
        let byteCount = max(1, scanner.position - range.lowerBound)
        // Rows seldom are all of one size: a little more room costs less than to move a column.
        let expected = Double(range.count) / Double(byteCount) * Double(rowCount) * 1.02
        let count = Int(min(expected, Double(range.count)))
        for column in 0..<columnCount {
            switch kinds[column] {
            case .numeric, .guessedNumeric: numbers[column].reserveCapacity(count)
            case .category: codes[column].reserveCapacity(count)
            case .ignored: break
            }
        }
    }

    private func readRecord() throws(TableDefect) {
        let start = scanner.position
        var column = 0
        var isComplete = false
        while !isComplete && column < columnCount {
            switch kinds[column] {
            case .numeric, .guessedNumeric: isComplete = try readNumber(column)
            case .category: isComplete = try readText(column)
            case .ignored: isComplete = try scanner.next().endsRecord
            }
            column += 1
        }
        guard isComplete && column == columnCount else {
            let found = try isComplete ? column : column + scanner.skipRecord()
            throw TableDefect(
                offset: start, kind: .cellCount(expected: columnCount, found: found))
        }
    }

    /// Reads a cell that is a number or missing, and tells whether it ends the record.
    @inline(__always)
    private func readNumber(_ column: Int) throws(TableDefect) -> Bool {
        let start = scanner.skippingSpaces(from: scanner.position)
        let (value, next) = DecimalNumber.parse(scanner.bytes, from: start, to: scanner.end)
        let isUsual = next > start && value.isFinite && !markers.areNumbers
        if isUsual && scanner.endsCell(at: next) {
            numberBlock[column * blockRowCount + blockRow] = value
            return scanner.finish(at: next)
        }
        return try readUnusualNumber(column)
    }

    /// As `readNumber`, for cells that are quoted, followed by spaces, missing or no numbers.
    private func readUnusualNumber(_ column: Int) throws(TableDefect) -> Bool {
        let cell = try scanner.next()
        let text = UnsafeBufferPointer(
            start: scanner.bytes + cell.start, count: cell.end - cell.start)
        let (value, next) = DecimalNumber.parse(scanner.bytes, from: cell.start, to: cell.end)
        if markers.contains(text) {
            numberBlock[column * blockRowCount + blockRow] = .nan
        } else if next == cell.end {
            numberBlock[column * blockRowCount + blockRow] = value
            if value.isInfinite && infiniteNumbers[column] == nil {
                infiniteNumbers[column] = TableDefect(
                    offset: cell.start, kind: .infiniteNumber(column: column, text: shown(text)))
            }
        } else if kinds[column] == .numeric {
            throw TableDefect(
                offset: cell.start, kind: .noNumber(column: column, text: shown(text)))
        } else {
            isText[column] = true
            numbers[column] = []
            kinds[column] = .ignored
        }
        return cell.endsRecord
    }

    private func readText(_ column: Int) throws(TableDefect) -> Bool {
        let cell = try scanner.next()
        let text = UnsafeBufferPointer(
            start: scanner.bytes + cell.start, count: cell.end - cell.start)
        var (code, isNew): (Int32, Bool)
        if markers.contains(text) {
            (code, isNew) = (-1, false)
        } else if cell.hasDoubledQuotes {
            unescape(text)
            (code, isNew) = unescaped.withUnsafeBufferPointer { levels[column].code(of: $0) }
        } else {
            (code, isNew) = levels[column].code(of: text)
        }
        codeBlock[column * blockRowCount + blockRow] = code
        if isNew { try check(text, at: cell.start, column) }
        return cell.endsRecord
    }

    /// Checks a text that came for the first time.
    private func check(
        _ text: UnsafeBufferPointer<UInt8>, at offset: Int, _ column: Int
    ) throws(TableDefect) {
        if text.contains(0) { throw TableDefect(offset: offset, kind: .zeroByte) }
        if String(validating: text, as: UTF8.self) == nil {
            throw TableDefect(offset: offset, kind: .invalidUTF8)
        }
        if levels[column].count > Table.largestLevelCount {
            throw TableDefect(offset: offset, kind: .tooManyLevels(column: column))
        }
    }

    /// Makes one quote of each two.
    private func unescape(_ text: UnsafeBufferPointer<UInt8>) {
        unescaped.removeAll(keepingCapacity: true)
        var isSecond = false
        for byte in text {
            isSecond = byte == .quote && !isSecond
            if byte != .quote || isSecond { unescaped.append(byte) }
        }
    }

    /// Gives away the numbers of a column, which need not be kept twice.
    func takeNumbers(of column: Int) -> [Double] {
        defer { numbers[column] = [] }
        return numbers[column]
    }

    /// Gives away the codes of a column, which need not be kept twice.
    func takeCodes(of column: Int) -> [Int32] {
        defer { codes[column] = [] }
        return codes[column]
    }

    /// Brings the block to the columns.
    private func flush() {
        for column in 0..<columnCount {
            let start = column * blockRowCount
            switch kinds[column] {
            case .numeric, .guessedNumeric:
                numbers[column].append(
                    contentsOf: UnsafeBufferPointer(start: numberBlock + start, count: blockRow))
            case .category:
                codes[column].append(
                    contentsOf: UnsafeBufferPointer(start: codeBlock + start, count: blockRow))
            case .ignored: break
            }
        }
        blockRow = 0
    }
}

/// A cell's text for a message: readable and not too long.
private func shown(_ text: UnsafeBufferPointer<UInt8>) -> String {
    let largest = 40
    let start = String(decoding: text.prefix(largest), as: UTF8.self)
    let printable = String(
        String.UnicodeScalarView(start.unicodeScalars.filter { $0.value >= 0x20 }))
    return text.count > largest ? printable + "…" : printable
}
