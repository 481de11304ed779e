import Diagnostics
import Foundation

/// What the cells of a column are taken for.
public enum ColumnType: String, Codable, Hashable, Sendable, CaseIterable {
    /// Decimal numbers.
    case numeric
    /// Texts, of which each different one is a level.
    case category
    /// Not read: names, numbers of rows, keys.
    case ignored
}

/// What is to be learned from a table's label.
public enum TableTask: String, Codable, Hashable, Sendable, CaseIterable {
    /// The label is one of some classes.
    case classification
    /// The label is a number.
    case regression
}

/// How a text file is read as a table; whatever is not given is detected.
public struct TableOptions: Codable, Hashable, Sendable {
    /// What stands between cells.
    ///
    /// One character or the word `tab`; detected among comma, semicolon, tab and bar if nil.
    public var delimiter: String?
    /// What stands between cells if that makes of the first record as many as the other table has
    /// columns, or one less, as the label may be absent; nil if nothing is known.
    public var likelyDelimiter: String?
    /// Whether the first line holds the names of the columns.
    public var hasHeader: Bool?
    /// The column to be predicted: its name, its number from 1, or from the end as in `-1`.
    public var label: String?
    /// Types of columns, by name or number, in place of the inferred ones.
    public var columnTypes: [String: ColumnType]
    /// Cells that stand for a missing value, beside the empty one; the usual ones if there are none.
    public var missingMarkers: [String]

    /// The cells that are taken for missing values unless others are given.
    ///
    /// Source: those of `pandas.read_csv`, and the `?` of the UCI repository.
    public static let usualMissingMarkers = [
        "?", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    ]

    /// Creates options.
    ///
    /// - Parameters:
    ///   - delimiter: What stands between cells; detected if nil.
    ///   - hasHeader: Whether the first line holds names; detected if nil.
    ///   - label: The name or number of the column to be predicted, if there is one.
    ///   - columnTypes: Types by name or number, in place of the inferred ones.
    ///   - missingMarkers: Cells that stand for a missing value; the usual ones if empty.
    public init(
        delimiter: String? = nil, hasHeader: Bool? = nil, label: String? = nil,
        columnTypes: [String: ColumnType] = [:], missingMarkers: [String] = []
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.label = label
        self.columnTypes = columnTypes
        self.missingMarkers = missingMarkers
    }

    /// Reads types of columns as a user writes them: `Name=ignored,Pclass=category,3=numeric`.
    ///
    /// - Parameter text: Pairs of a column, by name or number, and its type, with commas between; a
    ///   column whose name has a comma is given by its number.
    /// - Returns: The types by column.
    /// - Throws: `Failure` with `.usage`.
    public static func columnTypes(parsing text: String) throws -> [String: ColumnType] {
        var types: [String: ColumnType] = [:]
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = pair.lastIndex(of: "="), equals > pair.startIndex,
                let type = ColumnType(rawValue: String(pair[pair.index(after: equals)...]))
            else {
                let names = ColumnType.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(
                    .usage, in: "--column-types", expected: "COLUMN=TYPE, type one of \(names)",
                    found: "\"\(pair)\"")
            }
            types[String(pair[..<equals])] = type
        }
        return types
    }

    /// Reads texts for missing values as a user writes them: `NA,-999`.
    ///
    /// - Parameter text: The texts, with commas between.
    /// - Returns: The texts without spaces around them; none if the text is empty.
    public static func missingMarkers(parsing text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The byte between cells, or nil if it is to be detected.
    ///
    /// - Throws: `Failure` with `.usage` for what cannot stand between cells.
    func delimiterByte() throws -> UInt8? {
        guard let delimiter else { return nil }
        guard let byte = Self.byte(of: delimiter) else {
            throw Failure(
                .usage, in: "--delimiter",
                expected: "one character such as , ; or |, or the word tab",
                found: "\"\(delimiter)\"")
        }
        return byte
    }

    /// The byte of a delimiter as a user writes it; nil for what cannot stand between cells.
    static func byte(of delimiter: String) -> UInt8? {
        if delimiter == "tab" || delimiter == "\\t" { return UInt8(ascii: "\t") }
        let bytes = Array(delimiter.utf8)
        return bytes.count == 1 && mayBeDelimiter(bytes[0]) ? bytes[0] : nil
    }

    /// Whether a byte cannot be part of a number, of a quoted cell's ends or of a line's end.
    static func mayBeDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "\""), UInt8(ascii: "."),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            false
        default: (0x21...0x7e).contains(byte)
        }
    }
}
