import ArgumentParser
import Datasets

/// How a text file is read as a table.
struct TableFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The column to be predicted: its name, or its number from 1 (-1 is the last one).",
            valueName: "column"))
    var label: String?

    @Option(
        help: ArgumentHelp(
            "What stands between cells: one character, or tab; detected if not given.",
            valueName: "character"))
    var delimiter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the first line holds the names of the columns; detected if not given.")
    var header: Bool?

    @Option(
        help: ArgumentHelp(
            "Types in place of those that are detected: numeric, category or ignored.",
            valueName: "column=type,…"))
    var columnTypes: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Cells that stand for a missing value, in place of ?, NA, NaN, null and the like.",
            valueName: "text,…"))
    var missing: String?

    /// The flags that were given.
    var given: [String] {
        let flags: [(name: String, isGiven: Bool)] = [
            ("--label", label != nil), ("--delimiter", delimiter != nil),
            ("--header", header != nil), ("--column-types", columnTypes != nil),
            ("--missing", missing != nil),
        ]
        return flags.filter(\.isGiven).map(\.name)
    }

    /// The options of the reader.
    ///
    /// - Returns: What was given.
    /// - Throws: `Failure` with `.usage` for a type that is none.
    func options() throws -> TableOptions {
        TableOptions(
            delimiter: delimiter, hasHeader: header, label: label,
            columnTypes: try columnTypes.map(TableOptions.columnTypes(parsing:)) ?? [:],
            missingMarkers: TableOptions.missingMarkers(parsing: missing ?? ""))
    }
}
