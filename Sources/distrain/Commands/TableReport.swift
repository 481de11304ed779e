import Datasets
import Diagnostics

/// What `distrain data info` prints of a table.
struct TableReport {
    private let table: Table

    /// Describes a table.
    ///
    /// - Parameter table: The table.
    init(_ table: Table) { self.table = table }

    /// Its columns with their types, and the classes of its label.
    var text: String {
        let names = table.schema.hasHeader ? "names in the first line" : "no line of names"
        return """
            \(table.name): \(table.rowCount.counted("row")), \
            \(table.columns.count.counted("column")), \(names)

            \(columns)\(table.schema.labelIndex.map { label(table.columns[$0]) } ?? "")
            """
    }

    private var columns: String {
        var text = TextTable()
        text.add("column", "type", "missing", "smallest", "mean", "largest", "levels")
        for (column, described) in zip(table.columns, table.schema.columns) {
            let type = described.type.rawValue
            let missing = described.type == .ignored ? "-" : column.missingCount.grouped
            switch column.values {
            case .numeric(let numbers):
                let numbers = numbers.filter { !$0.isNaN }
                let mean = numbers.reduce(0, +) / Double(numbers.count)
                text.add(
                    column.name, type, missing, Self.text(of: numbers.min()),
                    Self.text(of: numbers.isEmpty ? nil : mean), Self.text(of: numbers.max()), "-")
            case .category(_, let levels):
                text.add(column.name, type, missing, "-", "-", "-", levels.count.grouped)
            case .ignored: text.add(column.name, type, missing, "-", "-", "-", "-")
            }
        }
        return text.text
    }

    private static func text(of number: Double?) -> String {
        number.map { $0.significant(6) } ?? "-"
    }

    /// The classes of the label and the rows that each has; nothing of a label that is a number.
    private func label(_ column: TableColumn) -> String {
        guard TableSplit.hasClasses(column) else { return "\n\nlabel: \(column.name), a number" }
        var text = TextTable()
        text.add(column.name, "rows")
        for (name, count) in TableSplit.classCounts(of: column) { text.add(name, count.grouped) }
        return "\n\n" + text.text
    }
}
